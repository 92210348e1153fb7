;; The memory is not exported.
(module (memory 1) (func (export "_start")))
