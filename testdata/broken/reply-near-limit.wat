;; SW1110: replies a task of 900,000 bytes, most of them white space.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 16)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "{\"action\":{\"run\":{}}}")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (memory.fill (i32.const 37) (i32.const 32) (i32.const 899979)) (call $reply (i32.const 16) (i32.const 900000)) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
