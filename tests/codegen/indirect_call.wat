;; An indirect call through a table that never changes its size: bounds, null
;; and type are checked.
(module
  (type $unary (func (param i32) (result i32)))
  (table 4 4 funcref)
  (elem (i32.const 0) $increment $decrement)
  (func $increment (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func $decrement (type $unary) (i32.sub (local.get 0) (i32.const 1)))
  (func $apply (export "apply") (param $which i32) (param $value i32) (result i32)
    (call_indirect (type $unary) (local.get $value) (local.get $which)))
  (func $set (export "set") (param i32) (table.set (local.get 0) (ref.null func))))
