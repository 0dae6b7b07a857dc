;; Carries go through the flags, products are one instruction.
(module
  (func $add (export "add") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func $multiply (export "multiply") (param i64 i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1)))
  (func $upper (export "upper") (param i64 i64) (result i64) (local i64)
    (i64.mul_wide_s (local.get 0) (local.get 1))
    (local.set 2)
    (drop)
    (local.get 2)))
