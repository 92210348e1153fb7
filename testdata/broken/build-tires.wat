;; SW403: builds another task from the fiftieth on.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "{\"action\":{\"run\":{}},\"description\":\"tired\"}")
  (global $n (mut i32) (i32.const 0))
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (if (i32.ge_u (global.get $n) (i32.const 50)) (then (call $reply (i32.const 16) (i32.const 43)))) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
