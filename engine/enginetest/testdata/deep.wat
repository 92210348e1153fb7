;; Nests a thousand calls.
(module
  (func $down (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get $n) (i32.const 1)))))
      (else (i32.const 0))))
  (func (export "deep") (result i32) (call $down (i32.const 1000))))
