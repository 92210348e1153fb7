;; A memory of no pages that may grow to two.
(module
  (memory (export "memory") 0 2)
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "first") (result i32) (i32.load8_u (i32.const 0)))
)
