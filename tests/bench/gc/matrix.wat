;; matrix: arrays of arrays of floats, multiplied and transposed
(module
  (type $row (array (mut f64)))
  (type $matrix (array (mut (ref null $row))))

  (func $new (param $size i32) (param $seed i32) (result (ref $matrix))
    (local $m (ref $matrix)) (local $r (ref $row)) (local $i i32) (local $j i32)
    (local.set $m (array.new_default $matrix (local.get $size)))
    (loop $rows
      (local.set $r (array.new_default $row (local.get $size)))
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
        (array.set $row (local.get $r) (local.get $j) (f64.div (f64.convert_i32_s (i32.shr_s (local.get $seed) (i32.const 16))) (f64.const 32768)))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $size))))
      (array.set $matrix (local.get $m) (local.get $i) (local.get $r))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $size))))
    (local.get $m))

  (func $transposed (param $a (ref $matrix)) (result (ref $matrix))
    (local $m (ref $matrix)) (local $r (ref $row)) (local $i i32) (local $j i32) (local $size i32)
    (local.set $size (array.len (local.get $a)))
    (local.set $m (array.new_default $matrix (local.get $size)))
    (loop $rows
      (local.set $r (array.new_default $row (local.get $size)))
      (local.set $j (i32.const 0))
      (loop $columns
        (array.set $row (local.get $r) (local.get $j)
          (array.get $row (ref.as_non_null (array.get $matrix (local.get $a) (local.get $j))) (local.get $i)))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $size))))
      (array.set $matrix (local.get $m) (local.get $i) (local.get $r))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $size))))
    (local.get $m))

  (func $product (param $a (ref $matrix)) (param $b (ref $matrix)) (result (ref $matrix))
    (local $m (ref $matrix)) (local $x (ref $row)) (local $y (ref $row)) (local $r (ref $row))
    (local $i i32) (local $j i32) (local $k i32) (local $size i32) (local $sum f64)
    (local.set $size (array.len (local.get $a)))
    (local.set $b (call $transposed (local.get $b)))
    (local.set $m (array.new_default $matrix (local.get $size)))
    (loop $rows
      (local.set $r (array.new_default $row (local.get $size)))
      (local.set $x (ref.as_non_null (array.get $matrix (local.get $a) (local.get $i))))
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $y (ref.as_non_null (array.get $matrix (local.get $b) (local.get $j))))
        (local.set $sum (f64.const 0))
        (local.set $k (i32.const 0))
        (loop $dot
          (local.set $sum (f64.add (local.get $sum)
            (f64.mul (array.get $row (local.get $x) (local.get $k)) (array.get $row (local.get $y) (local.get $k)))))
          (br_if $dot (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $size))))
        (array.set $row (local.get $r) (local.get $j) (local.get $sum))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $size))))
      (array.set $matrix (local.get $m) (local.get $i) (local.get $r))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $size))))
    (local.get $m))

  (func (export "run") (param $size i32) (result i32)
    (local $m (ref $matrix)) (local $i i32) (local $sum f64) (local $r (ref $row))
    (local.set $m (call $product (call $new (local.get $size) (i32.const 1)) (call $new (local.get $size) (i32.const 2))))
    (local.set $m (call $product (local.get $m) (call $new (local.get $size) (i32.const 3))))
    (loop $diagonal
      (local.set $r (ref.as_non_null (array.get $matrix (local.get $m) (local.get $i))))
      (local.set $sum (f64.add (local.get $sum) (array.get $row (local.get $r) (local.get $i))))
      (br_if $diagonal (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $size))))
    (i32.trunc_sat_f64_s (f64.mul (local.get $sum) (f64.const 1000))))
)
