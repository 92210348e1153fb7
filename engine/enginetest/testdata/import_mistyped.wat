;; Imports a function that is lent, with another type.
(module
  (import "host" "call" (func $f (param i32)))
  (func (export "call") (call $f (i32.const 0)))
)
