;; SW701: looks for a variable of the spec by its name, and env is a list.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "/kind/subprocess/env/PATH")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (drop (call $spec_get (i32.const 16) (i32.const 25) (i32.const 0) (i32.const 0))) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
