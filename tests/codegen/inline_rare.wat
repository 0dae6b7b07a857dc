;; A call in a loop is replaced, the same one outside is not: the function that
;; both stand in is called, but not in a loop. One of a smaller body is replaced
;; everywhere. (A function that ends in a tail call is never replaced itself.)
(module
  (memory 1)
  (func $end (export "end") (param i32) (result i32) (local.get 0))
  (func $brief (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func $small (param i32) (result i32)
    (i32.store offset=16 (local.get 0) (i32.load offset=20 (local.get 0)))
    (i32.store offset=24 (local.get 0) (i32.load offset=28 (local.get 0)))
    (i32.store offset=32 (local.get 0) (i32.load offset=36 (local.get 0)))
    (i32.store offset=40 (local.get 0) (i32.load offset=44 (local.get 0)))
    (i32.load offset=48 (local.get 0)))
  (func $rare (param i32) (result i32)
    (drop (call $brief (local.get 0)))
    (drop (call $small (local.get 0)))
    (loop
      (br_if 0 (call $small (local.get 0))))
    (return_call $end (local.get 0)))
  (func (export "f") (result i32)
    (drop (call $rare (i32.const 0)))
    (call $rare (call $brief (i32.const 0)))))
