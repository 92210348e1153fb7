;; SW502 SW1113: takes another page for every task, until there is none.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (if (i32.lt_s (memory.grow (i32.const 1)) (i32.const 0)) (then unreachable)) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
