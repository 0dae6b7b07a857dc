;; An object that does not escape is the values of its fields: nothing is allocated, and the loop
;; has them in registers. The constructor is inlined, and its test for null is gone.
(module
  (type $counter (struct (field $sum (mut i32)) (field $turns (mut i8))))
  (func $new (param $this (ref null $counter)) (result (ref null $counter))
    (if (ref.is_null (local.get $this)) (then (local.set $this (struct.new_default $counter))))
    (struct.set $counter $turns (local.get $this) (i32.const 1))
    (local.get $this))
  (func (export "sum") (param $n i32) (result i32)
    (local $counter (ref null $counter))
    (local.set $counter (call $new (ref.null $counter)))
    (loop $again
      (struct.set $counter $sum (local.get $counter)
        (i32.add (struct.get $counter $sum (local.get $counter)) (local.get $n)))
      (struct.set $counter $turns (local.get $counter)
        (i32.add (struct.get_u $counter $turns (local.get $counter)) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.add (struct.get $counter $sum (local.get $counter))
      (struct.get_s $counter $turns (local.get $counter)))))
