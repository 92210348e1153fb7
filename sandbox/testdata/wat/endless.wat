;; Functions that never end of themselves.
(module
  (memory (export "memory") 1)
  (func (export "spin") (loop (br 0)))
  (func $recurse (export "recurse") (call $recurse))
)
