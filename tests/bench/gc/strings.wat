;; strings: a builder of bytes that doubles, numbers written to it, slices, hashes and comparisons
(module
  (type $bytes (array (mut i8)))
  (type $builder (struct (field $bytes (mut (ref $bytes))) (field $length (mut i32))))

  (func $room (param $b (ref $builder)) (param $more i32)
    (local $old (ref $bytes)) (local $new (ref $bytes)) (local $need i32)
    (local.set $old (struct.get $builder $bytes (local.get $b)))
    (local.set $need (i32.add (struct.get $builder $length (local.get $b)) (local.get $more)))
    (if (i32.gt_u (local.get $need) (array.len (local.get $old)))
      (then
        (local.set $new (array.new_default $bytes (i32.mul (local.get $need) (i32.const 2))))
        (array.copy $bytes $bytes (local.get $new) (i32.const 0) (local.get $old) (i32.const 0) (struct.get $builder $length (local.get $b)))
        (struct.set $builder $bytes (local.get $b) (local.get $new)))))

  (func $append (param $b (ref $builder)) (param $s (ref $bytes))
    (local $n i32)
    (local.set $n (array.len (local.get $s)))
    (call $room (local.get $b) (local.get $n))
    (array.copy $bytes $bytes (struct.get $builder $bytes (local.get $b)) (struct.get $builder $length (local.get $b))
      (local.get $s) (i32.const 0) (local.get $n))
    (struct.set $builder $length (local.get $b) (i32.add (struct.get $builder $length (local.get $b)) (local.get $n))))

  (func $push (param $b (ref $builder)) (param $c i32)
    (call $room (local.get $b) (i32.const 1))
    (array.set $bytes (struct.get $builder $bytes (local.get $b)) (struct.get $builder $length (local.get $b)) (local.get $c))
    (struct.set $builder $length (local.get $b) (i32.add (struct.get $builder $length (local.get $b)) (i32.const 1))))

  (func $number (param $b (ref $builder)) (param $n i32)
    (if (i32.ge_u (local.get $n) (i32.const 10))
      (then (call $number (local.get $b) (i32.div_u (local.get $n) (i32.const 10)))))
    (call $push (local.get $b) (i32.add (i32.rem_u (local.get $n) (i32.const 10)) (i32.const 48))))

  (func $slice (param $s (ref $bytes)) (param $from i32) (param $length i32) (result (ref $bytes))
    (local $new (ref $bytes))
    (local.set $new (array.new_default $bytes (local.get $length)))
    (array.copy $bytes $bytes (local.get $new) (i32.const 0) (local.get $s) (local.get $from) (local.get $length))
    (local.get $new))

  (func $hash (param $s (ref $bytes)) (result i32)
    (local $h i32) (local $i i32)
    (if (i32.eqz (array.len (local.get $s))) (then (return (i32.const 0))))
    (loop $next
      (local.set $h (i32.add (i32.mul (local.get $h) (i32.const 31)) (array.get_u $bytes (local.get $s) (local.get $i))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $s)))))
    (local.get $h))

  (func $equal (param $a (ref $bytes)) (param $b (ref $bytes)) (result i32)
    (local $i i32)
    (if (i32.ne (array.len (local.get $a)) (array.len (local.get $b))) (then (return (i32.const 0))))
    (loop $next
      (if (i32.eq (local.get $i) (array.len (local.get $a))) (then (return (i32.const 1))))
      (if (i32.ne (array.get_u $bytes (local.get $a) (local.get $i)) (array.get_u $bytes (local.get $b) (local.get $i)))
        (then (return (i32.const 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next))
    (unreachable))

  (func (export "run") (param $rounds i32) (result i32)
    (local $b (ref $builder)) (local $word (ref $bytes)) (local $before (ref $bytes)) (local $whole (ref $bytes))
    (local $i i32) (local $sum i32) (local $n i32)
    (local.set $before (array.new_fixed $bytes 3 (i32.const 97) (i32.const 98) (i32.const 99)))
    (loop $round
      (local.set $b (struct.new $builder (array.new_default $bytes (i32.const 8)) (i32.const 0)))
      (local.set $i (i32.const 0))
      (loop $build
        (call $append (local.get $b) (local.get $before))
        (call $number (local.get $b) (i32.mul (local.get $i) (local.get $rounds)))
        (call $push (local.get $b) (i32.const 32))
        (br_if $build (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
      (local.set $n (struct.get $builder $length (local.get $b)))
      (local.set $whole (call $slice (struct.get $builder $bytes (local.get $b)) (i32.const 0) (local.get $n)))
      (local.set $sum (i32.add (local.get $sum) (call $hash (local.get $whole))))
      (local.set $i (i32.const 0))
      (loop $cut
        (local.set $word (call $slice (local.get $whole) (local.get $i) (i32.const 12)))
        (if (call $equal (local.get $word) (local.get $before))
          (then (local.set $sum (i32.add (local.get $sum) (i32.const 1)))))
        (local.set $before (local.get $word))
        (br_if $cut (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 5))) (i32.const 400))))
      (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $sum))
)
