;; trained: run 1000
;; The indirect call reaches $mix nearly always: it is compared with that, and
;; its body stands there. What never ran, the arm with the store, lies behind
;; the rest; its call stays one, as does that of $rare, though it is small.
(module
  (memory 1)
  (type $operator (func (param i32) (result i32)))
  (table (export "table") funcref (elem $mix $negate))
  (func $mix (type $operator) (i32.xor (local.get 0) (i32.const 0x5555)))
  (func $negate (type $operator) (i32.sub (i32.const 0) (local.get 0)))
  (func $rare (param i32) (result i32)
    (i32.div_u (i32.load (i32.and (local.get 0) (i32.const 0xffc))) (i32.const 7)))
  (func (export "run") (param $n i32) (result i32)
    (local $value i32)
    (loop $next
      (local.set $value
        (call_indirect (type $operator) (i32.add (local.get $value) (local.get $n))
          (i32.const 0)))
      (if (i32.eq (local.get $n) (i32.const -1))
        (then (i32.store (i32.const 8) (call $rare (local.get $value)))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $value)))
