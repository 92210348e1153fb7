;; A data segment that ends one byte behind the memory.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "fits")
  (data (i32.const 65535) "no")
)
