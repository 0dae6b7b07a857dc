;; trained: run 1000
;; Calls through references and in place of returns are compared with what they
;; usually reach, as those through tables are (`profile`).
(module
  (type $operator (func (param i32) (result i32)))
  (table $table (export "table") funcref (elem $mix $negate))
  (global $reference (export "reference") (mut (ref null $operator)) (ref.func $mix))
  (func $mix (type $operator) (i32.xor (local.get 0) (i32.const 0x5555)))
  (func $negate (type $operator) (i32.sub (i32.const 0) (local.get 0)))
  (func $through_reference (type $operator)
    (call_ref $operator (i32.add (local.get 0) (i32.const 1)) (global.get $reference)))
  (func $on_through_reference (type $operator)
    (return_call_ref $operator (i32.add (local.get 0) (i32.const 2)) (global.get $reference)))
  (func $on_through_table (type $operator)
    (return_call_indirect $table (type $operator) (i32.add (local.get 0) (i32.const 3))
      (i32.lt_s (local.get 0) (i32.const 0))))
  (func (export "run") (param $n i32) (result i32)
    (local $value i32)
    (loop $next
      (local.set $value
        (i32.add (call $through_reference (local.get $n))
          (i32.add (call $on_through_reference (local.get $n)) (call $on_through_table (local.get $n)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $value)))
