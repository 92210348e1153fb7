;; Its start section never comes to an end of its calls.
(module
  (func $start (call $start))
  (start $start)
)
