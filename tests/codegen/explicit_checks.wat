;; options: --memory-checks explicit
;; Each access is compared with the length, and growing reserves.
(module
  (memory 1)
  (func $load (export "load") (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func $constant (export "constant") (result i64) (i64.load (i32.const 1024)))
  (func $grow (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
