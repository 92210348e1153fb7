;; SW602: exits where a field is missing.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "/kind/x/name")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.ge_s (call $spec_get (i32.const 16) (i32.const 7) (i32.const 0) (i32.const 0)) (i32.const 0)))
  (func (export "build") (result i32) (if (i32.lt_s (call $spec_get (i32.const 16) (i32.const 12) (i32.const 0) (i32.const 0)) (i32.const 0)) (then (call $proc_exit (i32.const 1)))) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
