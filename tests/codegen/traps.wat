;; Instructions that may trap.
(module
  (func $divide (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func $remainder (export "remainder") (param i64 i64) (result i64)
    (i64.rem_s (local.get 0) (local.get 1)))
  (func $truncate (export "truncate") (param f64) (result i32)
    (i32.trunc_f64_s (local.get 0)))
  (func $saturate (export "saturate") (param f32) (result i32)
    (i32.trunc_sat_f32_s (local.get 0)))
  (func $never (export "never") (unreachable)))
