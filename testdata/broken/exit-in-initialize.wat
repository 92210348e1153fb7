;; SW602: exits in _initialize.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (func (export "_initialize") (call $proc_exit (i32.const 0)))
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
