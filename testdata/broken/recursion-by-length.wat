;; SW1109: calls itself once for each byte of a value.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "/kind/x/name")
  (func $f (param i32) (if (i32.gt_s (local.get 0) (i32.const 0)) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.ge_s (call $spec_get (i32.const 16) (i32.const 7) (i32.const 0) (i32.const 0)) (i32.const 0)))
  (func (export "build") (result i32) (call $f (call $spec_get (i32.const 16) (i32.const 12) (i32.const 0) (i32.const 0))) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
