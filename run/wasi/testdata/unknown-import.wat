(module (import "wasi_snapshot_preview1" "path_explode" (func (param i32))) (memory (export "memory") 1) (func (export "_start")))
