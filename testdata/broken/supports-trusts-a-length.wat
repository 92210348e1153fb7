;; SW209: reads behind a value as if it had been written, however long it is.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "/kind/x/name")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (local $n i32) (local.set $n (call $spec_get (i32.const 16) (i32.const 12) (i32.const 64) (i32.const 256)))
    (if (i32.gt_s (local.get $n) (i32.const 0)) (then (drop (i32.load8_u (i32.add (i32.const 63) (local.get $n))))))
    (i32.ge_s (call $spec_get (i32.const 16) (i32.const 7) (i32.const 0) (i32.const 0)) (i32.const 0)))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
