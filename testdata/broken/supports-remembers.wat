;; SW402: answers for the spec before the present one.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "/kind/subprocess")
  (global $n (mut i32) (i32.const 0))
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (local $before i32) (local.set $before (global.get $n)) (global.set $n (i32.ge_s (call $spec_get (i32.const 16) (i32.const 16) (i32.const 0) (i32.const 0)) (i32.const 0))) (local.get $before))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
