;; The smallest runner: its supports answers 1 without looking at the spec. Ten bytes of name are written over to make
;; many runners of it; see tiny.go.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "bench-0000")
  (data (i32.const 16) "{\"action\":{\"run\":{}}}")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 10)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32)
    (call $reply (i32.const 16) (i32.const 21))
    (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
