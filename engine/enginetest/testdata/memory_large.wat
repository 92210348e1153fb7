;; Begins with ten pages.
(module
  (memory (export "memory") 10)
  (func (export "nothing"))
)
