;; No memory at all.
(module
  (import "host" "call" (func $call))
  (func (export "call") (call $call))
)
