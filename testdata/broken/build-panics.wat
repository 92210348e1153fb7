;; SW502: prints why it ends, and ends.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "panic: no reason\n")
  (data (i32.const 48) "\10\00\00\00\11\00\00\00")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (drop (call $fd_write (i32.const 2) (i32.const 48) (i32.const 1) (i32.const 64))) unreachable)
  (func (export "run") (result i32) (i32.const 0)))
