;; SW307: gives a metric nine labels.
(module
  (import "solti" "reply" (func $reply (param i32 i32)))
  (import "solti" "metric_add" (func $metric_add (param i32 i32 i32 i32 f64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "broken")
  (data (i32.const 16) "builds")
  (data (i32.const 32) "{\"a\":\"1\",\"b\":\"1\",\"c\":\"1\",\"d\":\"1\",\"e\":\"1\",\"f\":\"1\",\"g\":\"1\",\"h\":\"1\",\"i\":\"1\"}")
  (func (export "solti_abi_v1"))
  (func (export "name") (call $reply (i32.const 0) (i32.const 6)))
  (func (export "supports") (result i32) (i32.const 1))
  (func (export "build") (result i32) (call $metric_add (i32.const 16) (i32.const 6) (i32.const 32) (i32.const 73) (f64.const 1)) (i32.const 0))
  (func (export "run") (result i32) (i32.const 0)))
