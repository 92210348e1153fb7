;; An element segment that ends behind the table.
(module
  (type $nothing (func))
  (table 2 funcref)
  (elem (i32.const 1) $never $never)
  (global $ran (export "ran") (mut i64) (i64.const 0))
  (func $never (global.set $ran (i64.const 1)))
  (func (export "call") (call_indirect (type $nothing) (i32.const 1)))
)
