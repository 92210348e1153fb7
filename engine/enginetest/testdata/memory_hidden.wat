;; A memory that isn't exported.
(module
  (import "host" "call" (func $call))
  (memory 1)
  (func (export "call") (call $call))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
)
