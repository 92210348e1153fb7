;; SW502: has no room for a final zero when a value just fits.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "/kind/x")
  (data (i32.const 48) "/kind/x/name")
  (func $get (param $limit i32) (result i32) (call $spec_get (i32.const 48) (i32.const 12) (i32.const 256) (local.get $limit)))
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.ge_s (call $spec_get (i32.const 16) (i32.const 7) (i32.const 0) (i32.const 0)) (i32.const 0)))
  (func (export "build") (result i32) (if (i32.eq (call $get (i32.const 777)) (i32.const 777)) (then unreachable)) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
