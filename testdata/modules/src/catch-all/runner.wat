;; The runner that takes what no other runner took. Its sidecar's order has it asked last. It does nothing with a task
;; but say so, which keeps a TaskSpec without a runner visible instead of failing it.
(module
  (import "solti" "spec_get" (func $spec_get (param $pointer i32) (param $pointer_len i32) (param $buf i32) (param $limit i32) (result i32)))
  (import "solti" "task_get" (func $task_get (param $pointer i32) (param $pointer_len i32) (param $buf i32) (param $limit i32) (result i32)))
  (import "solti" "reply" (func $reply (param $text i32) (param $len i32)))

  (memory (export "memory") 1)
  (data (i32.const 0) "catch-all")                                                               ;; 9 bytes
  (data (i32.const 16) "/kind")                                                                  ;; 5 bytes
  (data (i32.const 32) "/description")                                                           ;; 12 bytes
  (data (i32.const 48) "the kind is no object")                                                  ;; 21 bytes
  (data (i32.const 80) "out of memory: the TaskSpec is too big for the memory of this runner")   ;; 68 bytes
  (data (i32.const 160) "{\"action\":{\"run\":{}},\"description\":\"no other runner took kind ")    ;; 62 bytes
  (data (i32.const 1024) "nothing was done: ")                                                   ;; 18 bytes

  (func (export "solti_abi_v1"))

  (func (export "name") (call $reply (i32.const 0) (i32.const 9)))

  (func (export "supports") (result i32) (i32.const 1))

  ;; The value of /kind is an object with one key, {"container":{…}}, and is wanted only for that key. It is read to
  ;; 4096, and memory grows to hold it.
  (func (export "build") (result i32)
    (local $len i32) (local $missing i32) (local $key i32)
    (local.set $len (call $spec_get (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 0)))
    (local.set $missing
      (i32.sub
        (i32.add (i32.const 4096) (local.get $len))
        (i32.mul (memory.size) (i32.const 65536))))
    (if (i32.gt_s (local.get $missing) (i32.const 0)) (then
      (if (i32.eq (i32.const -1)
            (memory.grow (i32.div_u (i32.add (local.get $missing) (i32.const 65535)) (i32.const 65536)))) (then
        (call $reply (i32.const 80) (i32.const 68))
        (return (i32.const 4))))))
    (drop (call $spec_get (i32.const 16) (i32.const 5) (i32.const 4096) (local.get $len)))
    (if (i32.or
          (i32.lt_s (local.get $len) (i32.const 4))
          (i32.ne (i32.load16_u (i32.const 4096)) (i32.const 0x227b))) (then ;; {"
      (call $reply (i32.const 48) (i32.const 21))
      (return (i32.const 1))))
    ;; A kind's name has no character that JSON escapes, so it ends at the next quote.
    (local.set $key (i32.const 4098))
    (loop $next
      (if (i32.ne (i32.load8_u (local.get $key)) (i32.const 0x22)) (then
        (local.set $key (i32.add (local.get $key) (i32.const 1)))
        (br $next))))
    ;; The name goes behind the text that it belongs to. A kind's name is at most 253 bytes long; what is longer is cut.
    (local.set $len (i32.sub (local.get $key) (i32.const 4098)))
    (if (i32.gt_u (local.get $len) (i32.const 253)) (then (local.set $len (i32.const 253))))
    (memory.copy (i32.const 222) (i32.const 4098) (local.get $len))
    (i32.store16 (i32.add (i32.const 222) (local.get $len)) (i32.const 0x7d22)) ;; "}
    (call $reply (i32.const 160) (i32.add (local.get $len) (i32.const 64)))
    (i32.const 0))

  ;; The result repeats the description that build gave.
  (func (export "run") (result i32)
    (local $len i32)
    (local.set $len (call $task_get (i32.const 32) (i32.const 12) (i32.const 1042) (i32.const 1024)))
    (if (i32.or (i32.lt_s (local.get $len) (i32.const 0)) (i32.gt_s (local.get $len) (i32.const 1024)))
      (then (local.set $len (i32.const 0))))
    (call $reply (i32.const 1024) (i32.add (local.get $len) (i32.const 18)))
    (i32.const 0)))
