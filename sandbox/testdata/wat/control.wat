;; Ways out of blocks and functions, blocks with parameters and several results.
(module
  (import "env" "note" (func $note (param i32)))
  (type $pair (func (param i32 i32) (result i32 i32)))
  (memory (export "memory") 1)
  (global $count (export "count") (mut i32) (i32.const 0))

  ;; A loop with parameters: they go around on the stack.
  (func (export "gcd") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    loop (param i32 i32) (result i32)
      local.set 1
      local.tee 0
      local.get 1
      i32.eqz
      if (param i32) (result i32)
      else
        drop
        local.get 1
        local.get 0
        local.get 1
        i32.rem_u
        br 1
      end
    end)

  ;; Several results by all ways out: the end, br, br_if, br_table and return, from inside loops.
  (func $pair (type $pair)
    (local $i i32)
    (loop $outer (result i32 i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.gt_u (local.get $i) (i32.const 300)) (then (return (i32.const 7) (local.get 1))))
      (block $two
        (block $one
          (block $zero
            (br_table $zero $one $two 3 (i32.and (local.get 0) (i32.const 7))))
          (call $note (local.get 1))
          (return (local.get 0) (local.get $i)))
        (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))
        (br $outer))
      (local.get 1) (local.get $i)
      (br_if 1 (i32.and (local.get 0) (i32.const 16)))))
  (func (export "pairs") (param i32 i32) (result i32 i32)
    (call $pair (local.get 0) (local.get 1))
    (call $pair))

  ;; br_table into the function itself, without values.
  (func (export "leave") (param i32)
    (loop $l
      (local.set 0 (i32.and (i32.sub (local.get 0) (i32.const 1)) (i32.const 255)))
      (br_table $l 1 1 (i32.eqz (local.get 0)))
      (unreachable)))

  ;; Blocks in code that is never reached.
  (func (export "dead") (param i32) (result i32)
    (block (result i32)
      (br 0 (local.get 0))
      (loop (result i32) (br_if 0 (i32.const 1)) (br 1 (i32.const 2)) (br 0))
      (if (result i32) (then (return (i32.const 3))) (else (br_table 0 1 2 (i32.const 1) (i32.const 1))))))

  ;; Loops in loops, where the outer one owes something when the inner one begins.
  (func (export "nested") (param i32 i32) (result i64)
    (local $i i32) (local $j i32) (local $sum i64)
    (local.set 0 (i32.and (local.get 0) (i32.const 63)))
    (local.set 1 (i32.and (local.get 1) (i32.const 63)))
    (loop $a
      (local.set $j (i32.const 0))
      (loop $b
        (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.extend_i32_u (local.get $j))))
        (if (i32.eq (local.get $j) (i32.const 50)) (then (call $note (local.get $i)) (br $a (local.set $i (i32.add (local.get $i) (i32.const 9))))))
        (br_if $b (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get 1))))
      (br_if $a (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
    (local.get $sum))

  (func $fib (export "fib") (param i32) (result i32)
    (if (i32.lt_u (local.tee 0 (i32.and (local.get 0) (i32.const 15))) (i32.const 2)) (then (return (local.get 0))))
    (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))
)
