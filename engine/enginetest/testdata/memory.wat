;; A memory of one page without a maximum.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "hello")
  (data (i32.const 65535) "!")
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "grow_much") (result i32) (memory.grow (i32.const 65535)))
  (func (export "size") (result i32) (memory.size))
  ;; Writes to the last byte and reads it back.
  (func (export "last") (result i32)
    (local $at i32)
    (local.set $at (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)))
    (i32.store8 (local.get $at) (i32.const 7))
    (i32.load8_u (local.get $at)))
  ;; The bitwise or of the last page, which is 0 right after it was grown.
  (func (export "dirt") (result i32)
    (local $at i32) (local $end i32) (local $bits i32)
    (local.set $end (i32.mul (memory.size) (i32.const 65536)))
    (local.set $at (i32.sub (local.get $end) (i32.const 65536)))
    (loop $next
      (local.set $bits (i32.or (local.get $bits) (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.ne (local.get $at) (local.get $end))))
    (local.get $bits))
  (func (export "first") (result i32) (i32.load8_u (i32.const 0)))
  (func (export "beyond") (result i32)
    (i32.load8_u (i32.mul (memory.size) (i32.const 65536))))
)
