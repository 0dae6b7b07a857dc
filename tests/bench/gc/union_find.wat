;; union_find: sets of structs in an array that point to each other, and a cheapest spanning tree by sorting edges
(module
  (rec (type $item (struct (field $parent (mut (ref null $item))) (field $rank (mut i32)))))
  (type $items (array (mut (ref null $item))))
  (type $edge (struct (field $cost i32) (field $a i32) (field $b i32)))
  (type $edges (array (mut (ref null $edge))))

  (func $find (param $x (ref $item)) (result (ref $item))
    (local $p (ref null $item)) (local $g (ref null $item))
    (loop $up
      (local.set $p (struct.get $item $parent (local.get $x)))
      (if (ref.is_null (local.get $p)) (then (return (local.get $x))))
      (local.set $g (struct.get $item $parent (local.get $p)))
      (if (ref.is_null (local.get $g)) (then (return (ref.as_non_null (local.get $p)))))
      (struct.set $item $parent (local.get $x) (local.get $g))
      (local.set $x (ref.as_non_null (local.get $g)))
      (br $up))
    (unreachable))

  (func $join (param $a (ref $item)) (param $b (ref $item)) (result i32)
    (local.set $a (call $find (local.get $a)))
    (local.set $b (call $find (local.get $b)))
    (if (ref.eq (local.get $a) (local.get $b)) (then (return (i32.const 0))))
    (if (i32.lt_s (struct.get $item $rank (local.get $a)) (struct.get $item $rank (local.get $b)))
      (then (struct.set $item $parent (local.get $a) (local.get $b)))
      (else
        (struct.set $item $parent (local.get $b) (local.get $a))
        (if (i32.eq (struct.get $item $rank (local.get $a)) (struct.get $item $rank (local.get $b)))
          (then (struct.set $item $rank (local.get $a) (i32.add (struct.get $item $rank (local.get $a)) (i32.const 1)))))))
    (i32.const 1))

  (func $cost (param $e (ref $edges)) (param $i i32) (result i32)
    (struct.get $edge $cost (array.get $edges (local.get $e) (local.get $i))))

  ;; A heap in place: references move about in the array.
  (func $sink (param $e (ref $edges)) (param $at i32) (param $end i32)
    (local $child i32) (local $moved (ref null $edge)) (local $c i32)
    (local.set $moved (array.get $edges (local.get $e) (local.get $at)))
    (local.set $c (struct.get $edge $cost (local.get $moved)))
    (block $done
      (loop $down
        (local.set $child (i32.add (i32.mul (local.get $at) (i32.const 2)) (i32.const 1)))
        (br_if $done (i32.ge_u (local.get $child) (local.get $end)))
        (if (i32.lt_u (i32.add (local.get $child) (i32.const 1)) (local.get $end))
          (then (if (i32.gt_u (call $cost (local.get $e) (i32.add (local.get $child) (i32.const 1))) (call $cost (local.get $e) (local.get $child)))
            (then (local.set $child (i32.add (local.get $child) (i32.const 1)))))))
        (br_if $done (i32.le_u (call $cost (local.get $e) (local.get $child)) (local.get $c)))
        (array.set $edges (local.get $e) (local.get $at) (array.get $edges (local.get $e) (local.get $child)))
        (local.set $at (local.get $child))
        (br $down)))
    (array.set $edges (local.get $e) (local.get $at) (local.get $moved)))

  (func $sort (param $e (ref $edges))
    (local $i i32) (local $x (ref null $edge))
    (local.set $i (i32.div_u (array.len (local.get $e)) (i32.const 2)))
    (loop $build
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (call $sink (local.get $e) (local.get $i) (array.len (local.get $e)))
      (br_if $build (local.get $i)))
    (local.set $i (array.len (local.get $e)))
    (loop $take
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $x (array.get $edges (local.get $e) (local.get $i)))
      (array.set $edges (local.get $e) (local.get $i) (array.get $edges (local.get $e) (i32.const 0)))
      (array.set $edges (local.get $e) (i32.const 0) (local.get $x))
      (call $sink (local.get $e) (i32.const 0) (local.get $i))
      (br_if $take (i32.gt_u (local.get $i) (i32.const 1)))))

  (func (export "run") (param $count i32) (result i32)
    (local $items (ref $items)) (local $edges (ref $edges)) (local $i i32) (local $seed i32) (local $sum i32) (local $e (ref null $edge))
    (local.set $items (array.new_default $items (local.get $count)))
    (loop $make
      (array.set $items (local.get $items) (local.get $i) (struct.new $item (ref.null $item) (i32.const 0)))
      (br_if $make (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $count))))
    (local.set $edges (array.new_default $edges (i32.mul (local.get $count) (i32.const 3))))
    (local.set $i (i32.const 0))
    (local.set $seed (i32.const 7))
    (loop $draw
      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
      (array.set $edges (local.get $edges) (local.get $i) (struct.new $edge
        (i32.shr_u (local.get $seed) (i32.const 8))
        (i32.rem_u (local.get $i) (local.get $count))
        (i32.rem_u (i32.shr_u (i32.mul (local.get $seed) (i32.const 0x9E3779B1)) (i32.const 3)) (local.get $count))))
      (br_if $draw (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $edges)))))
    (call $sort (local.get $edges))
    (local.set $i (i32.const 0))
    (loop $span
      (local.set $e (array.get $edges (local.get $edges) (local.get $i)))
      (if (call $join
          (ref.as_non_null (array.get $items (local.get $items) (struct.get $edge $a (local.get $e))))
          (ref.as_non_null (array.get $items (local.get $items) (struct.get $edge $b (local.get $e)))))
        (then (local.set $sum (i32.add (local.get $sum) (struct.get $edge $cost (local.get $e))))))
      (br_if $span (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $edges)))))
    (local.get $sum))
)
