;; Uses a number from the last 8 bytes of its memory in ways in which a compiler may want to load 16 bytes. Each function
;; returns 1.
(module
  (memory 1)
  (global $end (mut i32) (i32.const 65528))
  (global $x (mut f64) (f64.const -1))
  (data (i32.const 65534) "\f0\3f") ;; the number is 1
  (func (export "sign of another") (result i32)
    (f64.eq (f64.copysign (f64.load (global.get $end)) (global.get $x)) (f64.const -1)))
  (func (export "sign for another") (result i32)
    (i32.trunc_f64_s (f64.copysign (global.get $x) (f64.load (global.get $end)))))
  (func (export "splat") (result i32)
    (f64.eq (f64x2.extract_lane 1 (f64x2.splat (f64.load (global.get $end)))) (f64.const 1)))
  (func (export "sum") (result i32)
    (f64.eq (f64.add (global.get $x) (f64.load (global.get $end))) (f64.const 0)))
  (func (export "root") (result i32)
    (f64.eq (f64.sqrt (f64.load (global.get $end))) (f64.const 1)))
  (func (export "conversion") (result i32)
    (i32.eq (i32.trunc_f64_s (f64.load (global.get $end))) (i32.const 1))))
