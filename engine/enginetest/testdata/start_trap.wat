;; Its start section traps.
(module
  (memory (export "memory") 4)
  (func $start (drop (i32.div_u (i32.const 1) (i32.const 0))))
  (start $start)
)
