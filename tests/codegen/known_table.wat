;; A table that nobody changes: the one function of the type that stands in it
;; is called directly, here put in place of the call. The other type has three,
;; next to each other: one comparison finds whether the index is theirs.
(module
  (type $unary (func (param i32) (result i32)))
  (type $binary (func (param i32 i32) (result i32)))
  (table 6 funcref)
  (elem (i32.const 1) $increment $add $subtract $multiply)
  (func $increment (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $subtract (type $binary) (i32.sub (local.get 0) (local.get 1)))
  (func $multiply (type $binary) (i32.mul (local.get 0) (local.get 1)))
  (func (export "one") (param $which i32) (param $value i32) (result i32)
    (call_indirect (type $unary) (local.get $value) (local.get $which)))
  (func (export "many") (param $which i32) (param $left i32) (param $right i32) (result i32)
    (call_indirect (type $binary) (local.get $left) (local.get $right) (local.get $which))))
