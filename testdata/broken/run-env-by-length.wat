;; SW506: has no room in run for a long value of a variable.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "env_get" (func $env_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "TOKEN")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (if (i32.gt_s (call $env_get (i32.const 16) (i32.const 5) (i32.const 256) (i32.const 512)) (i32.const 512)) (then unreachable))
    (i32.const 0)))
