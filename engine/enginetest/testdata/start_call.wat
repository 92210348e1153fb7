;; Its start section calls the host and keeps the state that the host finds.
(module
  (import "host" "call" (func $call))
  (memory (export "memory") 1)
  (data (i32.const 0) "ready")
  (global $started (mut i32) (i32.const 0))
  (func $start (call $call) (global.set $started (i32.const 1)))
  (start $start)
  (func (export "started") (result i32) (global.get $started))
)
