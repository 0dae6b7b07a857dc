;; Every kind of tail call to every kind of callee, a million deep, and traps
;; at the end of such chains.

(module $other
  (type $f (func (param i32 i64) (result i64)))
  (func (export "sum") (type $f)
    (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
  (func (export "divide") (type $f)
    (i64.div_u (local.get 1) (i64.extend_i32_u (local.get 0)))))
(register "other" $other)

(module
  (type $f (func (param i32 i64) (result i64)))
  (type $other (func (param i64 i32) (result i64)))
  (import "other" "sum" (func $sum (type $f)))
  (import "other" "divide" (func $divide (type $f)))
  (table $table 8 8 funcref)
  (elem (i32.const 0) func $local $through_table $through_reference $sum $divide $mismatch $stop)
  (elem declare func $through_reference $local $divide)

  ;; Each counts down and goes on in the next kind.
  (func $local (type $f)
    (if (i32.eqz (local.get 0)) (then (return_call $sum (i32.const 1) (local.get 1))))
    (return_call $through_table (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 1))))
  (func $through_table (type $f)
    (return_call_indirect $table (type $f) (local.get 0) (local.get 1) (i32.const 2)))
  (func $through_reference (type $f)
    (return_call_ref $f (local.get 0) (local.get 1) (ref.func $local)))
  (func (export "chain") (type $f) (return_call $local (local.get 0) (local.get 1)))

  ;; Chains whose end traps.
  (func $mismatch (type $other) (i64.const 0))
  (func $stop (type $f) (unreachable))
  (func $to_table (export "to_table") (param i32 i32) (result i64)
    (if (i32.eqz (local.get 0))
      (then (return_call_indirect $table (type $f) (i32.const 0) (i64.const 7) (local.get 1))))
    (return_call $to_table (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))
  (func (export "to_null") (result i64)
    (return_call_ref $f (i32.const 0) (i64.const 7) (ref.null $f)))
  (func (export "to_divide") (result i64)
    (return_call_ref $f (i32.const 0) (i64.const 7) (ref.func $divide)))
)

(assert_return (invoke "chain" (i32.const 0) (i64.const 5)) (i64.const 6))
(assert_return (invoke "chain" (i32.const 1000000) (i64.const 5)) (i64.const 1000006))
(assert_return (invoke "to_table" (i32.const 1000000) (i32.const 3)) (i64.const 7))
(assert_trap (invoke "to_table" (i32.const 1000000) (i32.const 4)) "integer divide by zero")
(assert_trap (invoke "to_table" (i32.const 1000000) (i32.const 5)) "indirect call type mismatch")
(assert_trap (invoke "to_table" (i32.const 1000000) (i32.const 6)) "unreachable")
(assert_trap (invoke "to_table" (i32.const 1000000) (i32.const 7)) "uninitialized element")
(assert_trap (invoke "to_table" (i32.const 1000000) (i32.const 8)) "undefined element")
(assert_trap (invoke "to_null") "null function reference")
(assert_trap (invoke "to_divide") "integer divide by zero")
(assert_return (invoke "to_table" (i32.const 3) (i32.const 0)) (i64.const 8))
