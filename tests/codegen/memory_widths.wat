;; Narrow, wide and floating-point accesses; a large offset; a constant address.
(module
  (memory 1)
  (func $narrow (export "narrow") (param i32) (result i64) (i64.load8_s (local.get 0)))
  (func $wide (export "wide") (param i32 i64) (i64.store offset=8 (local.get 0) (local.get 1)))
  (func $float (export "float") (param i32) (result f64) (f64.load (local.get 0)))
  (func $far (export "far") (param i32) (result i32) (i32.load offset=0xfffffff0 (local.get 0)))
  (func $constant (export "constant") (result i32) (i32.load (i32.const 1024))))
