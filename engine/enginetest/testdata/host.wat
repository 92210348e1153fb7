;; Calls host functions of every type, and checks what they return.
(module
  (import "host" "call" (func $call))
  (import "host" "types" (func $types (param i32 i64 f32 f64)))
  (import "host" "i32" (func $i32 (param i32) (result i32)))
  (import "host" "i64" (func $i64 (param i64) (result i64)))
  (import "host" "f32" (func $f32 (param f32) (result f32)))
  (import "host" "f64" (func $f64 (param f64) (result f64)))
  (import "host2" "many" (func $many (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $wide (mut i64) (i64.const 0xdeadbeef00000007))

  (export "reexported" (func $call))
  (func (export "call") (call $call))
  (func (export "call_twice") (call $call) (call $call))

  ;; The i32 comes from the lower half of an i64, so that an engine which doesn't clear the upper one shows it.
  (func (export "types")
    (call $types (i32.wrap_i64 (global.get $wide)) (i64.const -2) (f32.const 1.5) (f64.const -0.25)))

  ;; The host returns each value changed by one; the sum of what is right is 31.
  (func (export "results") (result i32)
    (i32.eq (call $i32 (i32.const -2)) (i32.const -1))
    (i32.shl (i64.eq (call $i64 (i64.const 0x7ffffffffffffffe)) (i64.const 0x7fffffffffffffff)) (i32.const 1))
    i32.or
    (i32.shl (f32.eq (call $f32 (f32.const -2.5)) (f32.const -1.5)) (i32.const 2))
    i32.or
    (i32.shl (f64.eq (call $f64 (f64.const 1e300)) (f64.const -1e300)) (i32.const 3))
    i32.or
    (i32.shl
      (i32.eq (i32.const 55) (call $many
        (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)
        (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10)))
      (i32.const 4))
    i32.or)

  ;; What the host did to the memory and returned: the byte at the address that it gives.
  (func (export "read") (result i32)
    (i32.load8_u (call $i32 (i32.const 0))))
)
