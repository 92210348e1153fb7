;; Imports what only runners may.
(module (import "solti" "reply" (func (param i32 i32))) (memory (export "memory") 1) (func (export "_start")))
