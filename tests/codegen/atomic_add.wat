;; The address is checked for alignment; one instruction or loop does the rest.
(module
  (memory 1 1 shared)
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.atomic.rmw.add offset=4 (local.get 0) (local.get 1)))
  (func $count (export "count") (param i32)
    (drop (i64.atomic.rmw8.add_u (local.get 0) (i64.const 1)))))
