;; Runs until someone stops it.
(module
  (import "host" "call" (func $call))
  (memory (export "memory") 1)
  (func $forever (loop $again (br $again)))
  (func (export "spin") (call $call) (call $forever))
  (func (export "nothing"))
)
