;; A library: its memory has a table of words, and a counter that `_initialize` sets.
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "zero\00one\00\00two\00\00")
  (global $count (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $count (i32.const 40)))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
  ;; The address of the word for a number below 3.
  (func (export "word") (param i32) (result i32)
    (i32.add (i32.const 16) (i32.mul (local.get 0) (i32.const 5))))
  (func (export "letter") (param i32) (result i32)
    (i32.load8_u (local.get 0))))
