;; SW508: refuses whatever it takes as an error of its own.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "no disk")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (call $reply (i32.const 16) (i32.const 7)) (i32.const 4))
  (func (export "run") (result i32) (i32.const 0)))
