;; SW902: nothing but the manifest is missing; a memory that can't grow leaves its limit to spare.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1 1)
  (data (i32.const 0) "broken")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
