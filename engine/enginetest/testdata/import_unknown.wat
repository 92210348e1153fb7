;; Imports a function that no one lends.
(module
  (import "elsewhere" "function" (func $f))
  (func (export "call") (call $f))
)
