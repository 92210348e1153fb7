;; SW1110: counts to 80 million in _initialize.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (func (export "_initialize") (local $n i32) (local.set $n (i32.const 80000000)) (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
