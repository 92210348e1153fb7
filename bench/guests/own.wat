;; A runner of a kind of its own, which it doesn't declare: its supports looks whether the spec has that. Ten bytes of name are
;; written over to make many runners of it.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "spec_get" (func $spec_get (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "/kind/bench-0000")
  (data (i32.const 16) "{\"action\":{\"run\":{}}}")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 6) (i32.const 10)))
  (func (export "supports") (result i32)
    (i32.ge_s (call $spec_get (i32.const 0) (i32.const 16) (i32.const 0) (i32.const 0)) (i32.const 0)))
  (func (export "build") (result i32)
    (call $reply (i32.const 16) (i32.const 21))
    (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
