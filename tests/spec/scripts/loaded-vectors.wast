;; Vectors that are loaded from addresses of any alignment to be compared or
;; computed with at once. Processors before AVX want operands in memory aligned,
;; and Cranelift 0.135 does not mind that in comparisons of floats.

(module
  (memory 1)
  (data (i32.const 1)
    "\00\00\00\00\00\00\f0\3f\00\00\00\00\00\00\00\40"
    "\00\00\00\00\00\00\08\40\00\00\00\00\00\00\f0\3f")

  (func (export "f64x2.lt") (param i32 i32) (result v128)
    (f64x2.lt (v128.load (local.get 0)) (v128.load (local.get 1))))
  (func (export "f64x2.gt") (param i32 i32) (result v128)
    (f64x2.gt (v128.load (local.get 0)) (v128.load (local.get 1))))
  (func (export "f32x4.eq") (param i32 i32) (result v128)
    (f32x4.eq (v128.load (local.get 0)) (v128.load (local.get 1))))
  (func (export "f32x4.ge") (param i32 i32) (result v128)
    (f32x4.ge (v128.load (local.get 0)) (v128.load (local.get 1))))
  (func (export "f64x2.pmin") (param i32 i32) (result v128)
    (f64x2.pmin (v128.load (local.get 0)) (v128.load (local.get 1))))
  (func (export "f64x2.min") (param i32 i32) (result v128)
    (f64x2.min (v128.load (local.get 0)) (v128.load (local.get 1))))
  (func (export "f64x2.add") (param i32 i32) (result v128)
    (f64x2.add (v128.load (local.get 0)) (v128.load (local.get 1))))
  (func (export "i64x2.eq") (param i32 i32) (result v128)
    (i64x2.eq (v128.load (local.get 0)) (v128.load (local.get 1))))
)

(assert_return (invoke "f64x2.lt" (i32.const 1) (i32.const 17)) (v128.const i64x2 -1 0))
(assert_return (invoke "f64x2.gt" (i32.const 1) (i32.const 17)) (v128.const i64x2 0 -1))
(assert_return (invoke "f32x4.eq" (i32.const 1) (i32.const 17)) (v128.const i32x4 -1 0 -1 0))
(assert_return (invoke "f32x4.ge" (i32.const 1) (i32.const 17)) (v128.const i32x4 -1 0 -1 -1))
(assert_return (invoke "f64x2.pmin" (i32.const 1) (i32.const 17)) (v128.const f64x2 1 1))
(assert_return (invoke "f64x2.min" (i32.const 1) (i32.const 17)) (v128.const f64x2 1 1))
(assert_return (invoke "f64x2.add" (i32.const 1) (i32.const 17)) (v128.const f64x2 4 3))
(assert_return (invoke "i64x2.eq" (i32.const 1) (i32.const 17)) (v128.const i64x2 0 0))
