;; Takes the kind do, whose payload is the task that it builds.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "do")
  (data (i32.const 16) "/kind/do")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 2)))
  (func (export "supports") (result i32)
    (i32.ge_s (call $spec_get (i32.const 16) (i32.const 8) (i32.const 0) (i32.const 0)) (i32.const 0)))
  (func (export "build") (result i32)
    (call $reply (i32.const 64) (call $spec_get (i32.const 16) (i32.const 8) (i32.const 64) (i32.const 65536)))
    (i32.const 0)))
