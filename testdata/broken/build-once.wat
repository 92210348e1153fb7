;; SW403 SW508: builds once in an instance.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "no more")
  (global $n (mut i32) (i32.const 0))
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (if (global.get $n) (then (call $reply (i32.const 16) (i32.const 7)) (return (i32.const 4))))
    (global.set $n (i32.add (global.get $n) (i32.const 1))) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
