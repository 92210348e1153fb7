;; SW105 SW106 SW107 SW202 SW203 SW204 SW301 SW302 SW601: breaks many clauses at once, each of which is told.
(module
  (import "env" "abort" (func (param i32)))
  (import "solti" "spec_put" (func (param i32)))
  (import "solti" "reply" (func (param i32)))
  (import "solti" "limit" (global i32))
  (import "wasi_snapshot_preview1" "fd_frobnicate" (func))
  (func (export "Name"))
  (func (export "supports"))
  (func (export "build") (result i64) (i64.const 0)))
