;; SW210: has another name when it is asked again.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (global $n (mut i32) (i32.const 0))
  (func (export "solti_abi_v1"))
  (func (export "name") (global.set $n (i32.add (global.get $n) (i32.const 1))) (call $reply (i32.const 0) (i32.sub (i32.const 7) (global.get $n))))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
