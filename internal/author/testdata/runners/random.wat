;; Takes everything, and its run replies eight letters that are random. wat2wasm random.wat -o random.wasm
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "random")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32)
    (drop (call $random_get (i32.const 16) (i32.const 8)))
    ;; Of each byte four bits are kept, which is one of 0x60 to 0x6f: ` and a to o.
    (i64.store (i32.const 16)
      (i64.or
        (i64.and (i64.load (i32.const 16)) (i64.const 0x0f0f0f0f0f0f0f0f))
        (i64.const 0x6060606060606060)))
    (call $reply (i32.const 16) (i32.const 8))
    (i32.const 0)))
