;; avl: a balanced tree whose nodes never change, with insertions, deletions and look-ups
(module
  (rec (type $node (struct (field $key i32) (field $height i32) (field $left (ref null $node)) (field $right (ref null $node)))))

  (func $height (param $n (ref null $node)) (result i32)
    (if (ref.is_null (local.get $n)) (then (return (i32.const 0))))
    (struct.get $node $height (local.get $n)))

  (func $make (param $left (ref null $node)) (param $key i32) (param $right (ref null $node)) (result (ref $node))
    (local $l i32) (local $r i32)
    (local.set $l (call $height (local.get $left)))
    (local.set $r (call $height (local.get $right)))
    (struct.new $node (local.get $key)
      (i32.add (select (local.get $l) (local.get $r) (i32.gt_s (local.get $l) (local.get $r))) (i32.const 1))
      (local.get $left) (local.get $right)))

  (func $join (param $left (ref null $node)) (param $key i32) (param $right (ref null $node)) (result (ref $node))
    (local $lean i32) (local $x (ref null $node))
    (local.set $lean (i32.sub (call $height (local.get $left)) (call $height (local.get $right))))
    (if (i32.gt_s (local.get $lean) (i32.const 1))
      (then
        (if (i32.ge_s (call $height (struct.get $node $left (local.get $left))) (call $height (struct.get $node $right (local.get $left))))
          (then (return (call $make (struct.get $node $left (local.get $left)) (struct.get $node $key (local.get $left))
            (call $make (struct.get $node $right (local.get $left)) (local.get $key) (local.get $right))))))
        (local.set $x (struct.get $node $right (local.get $left)))
        (return (call $make
          (call $make (struct.get $node $left (local.get $left)) (struct.get $node $key (local.get $left)) (struct.get $node $left (local.get $x)))
          (struct.get $node $key (local.get $x))
          (call $make (struct.get $node $right (local.get $x)) (local.get $key) (local.get $right))))))
    (if (i32.lt_s (local.get $lean) (i32.const -1))
      (then
        (if (i32.ge_s (call $height (struct.get $node $right (local.get $right))) (call $height (struct.get $node $left (local.get $right))))
          (then (return (call $make
            (call $make (local.get $left) (local.get $key) (struct.get $node $left (local.get $right)))
            (struct.get $node $key (local.get $right)) (struct.get $node $right (local.get $right))))))
        (local.set $x (struct.get $node $left (local.get $right)))
        (return (call $make
          (call $make (local.get $left) (local.get $key) (struct.get $node $left (local.get $x)))
          (struct.get $node $key (local.get $x))
          (call $make (struct.get $node $right (local.get $x)) (struct.get $node $key (local.get $right)) (struct.get $node $right (local.get $right)))))))
    (call $make (local.get $left) (local.get $key) (local.get $right)))

  (func $insert (param $n (ref null $node)) (param $key i32) (result (ref $node))
    (local $at i32)
    (if (ref.is_null (local.get $n)) (then (return (call $make (ref.null $node) (local.get $key) (ref.null $node)))))
    (local.set $at (struct.get $node $key (local.get $n)))
    (if (i32.lt_s (local.get $key) (local.get $at))
      (then (return (call $join (call $insert (struct.get $node $left (local.get $n)) (local.get $key)) (local.get $at) (struct.get $node $right (local.get $n))))))
    (if (i32.gt_s (local.get $key) (local.get $at))
      (then (return (call $join (struct.get $node $left (local.get $n)) (local.get $at) (call $insert (struct.get $node $right (local.get $n)) (local.get $key))))))
    (ref.as_non_null (local.get $n)))

  (func $least (param $n (ref null $node)) (result i32)
    (loop $down
      (if (i32.eqz (ref.is_null (struct.get $node $left (local.get $n))))
        (then (local.set $n (struct.get $node $left (local.get $n))) (br $down))))
    (struct.get $node $key (local.get $n)))

  (func $delete (param $n (ref null $node)) (param $key i32) (result (ref null $node))
    (local $at i32)
    (if (ref.is_null (local.get $n)) (then (return (ref.null $node))))
    (local.set $at (struct.get $node $key (local.get $n)))
    (if (i32.lt_s (local.get $key) (local.get $at))
      (then (return (call $join (call $delete (struct.get $node $left (local.get $n)) (local.get $key)) (local.get $at) (struct.get $node $right (local.get $n))))))
    (if (i32.gt_s (local.get $key) (local.get $at))
      (then (return (call $join (struct.get $node $left (local.get $n)) (local.get $at) (call $delete (struct.get $node $right (local.get $n)) (local.get $key))))))
    (if (ref.is_null (struct.get $node $left (local.get $n))) (then (return (struct.get $node $right (local.get $n)))))
    (if (ref.is_null (struct.get $node $right (local.get $n))) (then (return (struct.get $node $left (local.get $n)))))
    (local.set $at (call $least (struct.get $node $right (local.get $n))))
    (call $join (struct.get $node $left (local.get $n)) (local.get $at) (call $delete (struct.get $node $right (local.get $n)) (local.get $at))))

  (func $has (param $n (ref null $node)) (param $key i32) (result i32)
    (loop $down
      (if (ref.is_null (local.get $n)) (then (return (i32.const 0))))
      (if (i32.eq (local.get $key) (struct.get $node $key (local.get $n))) (then (return (i32.const 1))))
      (local.set $n
        (if (result (ref null $node)) (i32.lt_s (local.get $key) (struct.get $node $key (local.get $n)))
          (then (struct.get $node $left (local.get $n)))
          (else (struct.get $node $right (local.get $n)))))
      (br $down))
    (unreachable))

  (func (export "run") (param $count i32) (result i32)
    (local $t (ref null $node)) (local $seed i32) (local $key i32) (local $found i32)
    (local.set $seed (i32.const 12345))
    (loop $next
      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
      (local.set $key (i32.rem_u (i32.shr_u (local.get $seed) (i32.const 4)) (i32.const 65521)))
      (if (i32.lt_u (i32.and (local.get $count) (i32.const 7)) (i32.const 3))
        (then (local.set $t (call $insert (local.get $t) (local.get $key))))
        (else (if (i32.lt_u (i32.and (local.get $count) (i32.const 7)) (i32.const 5))
          (then (local.set $t (call $delete (local.get $t) (local.get $key))))
          (else (local.set $found (i32.add (local.get $found) (call $has (local.get $t) (local.get $key))))))))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (i32.add (i32.mul (local.get $found) (i32.const 100)) (call $height (local.get $t))))
)
