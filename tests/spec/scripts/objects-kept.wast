;; Objects that something refers to stay as they were, whatever is collected: each call of
;; "forget" makes some hundred thousand that nobody keeps.

(module $keeper
  (type $cell (struct (field $number (mut i32)) (field $next (mut (ref null $cell)))))
  (type $numbers (array (mut i32)))
  (type $cells (array (mut (ref null $cell))))
  (type $wide (struct (field v128) (field i8) (field f64) (field $cell (mut (ref null $cell)))))
  (type $externs (array (mut externref)))
  (tag $carries (export "carries") (param (ref null $cell) i32 anyref))

  (global $kept (export "kept") (mut anyref) (ref.null any))
  (global $last (mut (ref null $cell)) (ref.null $cell))
  (global $constant (ref $cell) (struct.new $cell (i32.const 99) (ref.null $cell)))
  (global $extern (mut externref) (ref.null extern))
  (global $thrown (mut exnref) (ref.null exn))
  (table $table 3 (ref null $cell))
  (table $thrown_table 2 exnref)
  (table $growing 1 10000 anyref)
  (elem $segment (ref null $cell)
    (struct.new $cell (i32.const 71) (global.get $constant))
    (ref.null $cell)
    (struct.new $cell (i32.const 72) (ref.null $cell)))
  (elem $i31s i31ref (ref.i31 (i32.const 5)) (ref.i31 (i32.const -5)))

  (func $make (param i32) (result (ref $cell))
    (struct.new $cell (local.get 0) (ref.null $cell)))

  ;; Small, large and very large objects.
  (func $forget (export "forget") (param $count i32)
    (loop $again
      (global.set $last (call $make (local.get $count)))
      (drop (array.new_default $numbers (i32.and (local.get $count) (i32.const 63))))
      (if (i32.eqz (i32.and (local.get $count) (i32.const 1023)))
        (then
          (drop (array.new $numbers (local.get $count) (i32.const 5000)))
          (drop (array.new $cells (call $make (local.get $count)) (i32.const 30000)))))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count))))

  (func $number (param (ref null $cell)) (result i32)
    (struct.get $cell $number (local.get 0)))

  (func (export "in a local") (param i32) (result i32)
    (local $cell (ref null $cell))
    (local.set $cell (call $make (local.get 0)))
    (call $forget (i32.const 200000))
    (call $number (local.get $cell)))

  (func $sum (param (ref null $cell) (ref null $cell)) (result i32)
    (i32.add (call $number (local.get 0)) (call $number (local.get 1))))
  (func (export "on the stack") (param i32) (result i32)
    (call $make (local.get 0))
    (call $make (i32.const 1))
    (call $forget (i32.const 200000))
    (call $sum))

  (func (export "set") (param i32)
    (global.set $kept (call $make (local.get 0)))
    (global.set $extern (extern.convert_any (call $make (i32.add (local.get 0) (i32.const 1)))))
    (table.set $table (i32.const 2) (call $make (i32.add (local.get 0) (i32.const 2))))
    (drop (table.grow $growing (call $make (i32.add (local.get 0) (i32.const 3))) (i32.const 2000))))

  (func (export "get") (result i32 i32 i32 i32)
    (call $number (ref.cast (ref $cell) (global.get $kept)))
    (call $number (ref.cast (ref $cell) (any.convert_extern (global.get $extern))))
    (call $number (table.get $table (i32.const 2)))
    (call $number (ref.cast (ref $cell) (table.get $growing (i32.const 1999)))))

  (func (export "constant") (result i32) (call $number (global.get $constant)))

  (func (export "segment") (param i32) (result i32 i32)
    (local $cells (ref $cells))
    (local.set $cells (array.new_elem $cells $segment (i32.const 0) (i32.const 3)))
    (call $number (array.get $cells (local.get $cells) (local.get 0)))
    (call $number (struct.get $cell $next (array.get $cells (local.get $cells) (i32.const 0)))))

  (func (export "throw") (param i32)
    (block $caught (result (ref null $cell) i32 anyref exnref)
      (try_table (catch_ref $carries $caught)
        (throw $carries (call $make (local.get 0)) (i32.const 3)
          (array.new_fixed $numbers 2 (i32.const 41) (local.get 0))))
      (unreachable))
    (global.set $thrown)
    (drop) (drop) (drop))

  (func (export "catch") (result i32 i32)
    (local $any anyref)
    (block $caught (result (ref null $cell) i32 anyref)
      (try_table (catch $carries $caught) (throw_ref (global.get $thrown)))
      (unreachable))
    (local.set $any)
    (drop)
    (call $number)
    (array.get $numbers (ref.cast (ref $numbers) (local.get $any)) (i32.const 1)))

  ;; An old object gets a reference to a new one: the card of the object, or of the element.
  (func (export "old to new") (param $count i32) (result i32)
    (local $old (ref null $cell)) (local $array (ref null $cells)) (local $wide (ref null $wide))
    (local $round i32) (local $sum i32)
    (local.set $old (call $make (i32.const 0)))
    (local.set $array (array.new_default $cells (i32.const 100000)))
    (local.set $wide
      (struct.new $wide (v128.const i64x2 1 2) (i32.const 3) (f64.const 4) (ref.null $cell)))
    (call $forget (i32.const 300000))
    (loop $again
      (local.set $round (i32.add (local.get $round) (i32.const 1)))
      (struct.set $cell $next (local.get $old) (call $make (local.get $round)))
      (array.set $cells (local.get $array) (i32.mul (local.get $round) (i32.const 7919))
        (call $make (local.get $round)))
      (struct.set $wide $cell (local.get $wide) (call $make (local.get $round)))
      (call $forget (i32.const 200000))
      (local.set $sum (i32.add (local.get $sum)
        (call $number (struct.get $cell $next (local.get $old)))))
      (local.set $sum (i32.add (local.get $sum)
        (call $number (array.get $cells (local.get $array)
          (i32.mul (local.get $round) (i32.const 7919))))))
      (local.set $sum (i32.add (local.get $sum)
        (call $number (struct.get $wide $cell (local.get $wide)))))
      (br_if $again (i32.lt_u (local.get $round) (local.get $count))))
    (local.get $sum))

  ;; Ranges of elements: fill, copy, init_elem.
  (func (export "ranges") (result i32)
    (local $array (ref null $cells)) (local $other (ref null $cells))
    (local.set $array (array.new_default $cells (i32.const 20000)))
    (local.set $other (array.new_default $cells (i32.const 20000)))
    (call $forget (i32.const 400000))
    (array.fill $cells (local.get $array) (i32.const 9000) (call $make (i32.const 1)) (i32.const 50))
    (array.copy $cells $cells (local.get $other) (i32.const 15000) (local.get $array) (i32.const 9010) (i32.const 20))
    (array.fill $cells (local.get $array) (i32.const 0) (ref.null $cell) (i32.const 20000))
    (array.init_elem $cells $segment (local.get $array) (i32.const 19997) (i32.const 0) (i32.const 3))
    (call $forget (i32.const 400000))
    (i32.add
      (call $number (array.get $cells (local.get $other) (i32.const 15019)))
      (call $number (array.get $cells (local.get $array) (i32.const 19999)))))

  (func (export "externs") (param externref) (result i32 externref)
    (local $array (ref null $externs))
    (local.set $array (array.new_default $externs (i32.const 3000)))
    (call $forget (i32.const 300000))
    (array.set $externs (local.get $array) (i32.const 2999) (extern.convert_any (call $make (i32.const 8))))
    (array.set $externs (local.get $array) (i32.const 1) (local.get 0))
    (call $forget (i32.const 300000))
    (call $number (ref.cast (ref $cell) (any.convert_extern
      (array.get $externs (local.get $array) (i32.const 2999)))))
    (array.get $externs (local.get $array) (i32.const 1)))

  ;; A box with a reference of the host's is an object too.
  (func (export "box") (param externref) (result externref)
    (global.set $kept (any.convert_extern (local.get 0)))
    (call $forget (i32.const 300000))
    (extern.convert_any (global.get $kept)))

  ;; Frames that each hold a reference.
  (func $deep (export "deep") (param $depth i32) (result i32)
    (local $cell (ref null $cell))
    (local.set $cell (call $make (local.get $depth)))
    (if (i32.eqz (local.get $depth))
      (then (call $forget (i32.const 400000)) (return (i32.const 0))))
    (i32.add
      (call $deep (i32.sub (local.get $depth) (i32.const 1)))
      (i32.eq (call $number (local.get $cell)) (local.get $depth))))

  ;; A list is marked without recursion.
  (func (export "list") (param $length i32) (result i32)
    (local $list (ref null $cell)) (local $count i32)
    (local.set $count (local.get $length))
    (loop $again
      (local.set $list (struct.new $cell (local.get $count) (local.get $list)))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (call $forget (i32.const 100000))
    (loop $again
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (if (i32.ne (call $number (local.get $list)) (local.get $count)) (then (unreachable)))
      (local.set $list (struct.get $cell $next (local.get $list)))
      (br_if $again (i32.eqz (ref.is_null (local.get $list)))))
    (local.get $count))

  (func (export "i31") (param i32) (result i32)
    (local $numbers (ref null $cells))
    (global.set $kept (ref.i31 (local.get 0)))
    (call $forget (i32.const 200000))
    (i31.get_s (ref.cast i31ref (global.get $kept))))

  ;; Calls in tail position allocate without growing the stack.
  (func $tail (export "tail") (param $count i32) (param $cell (ref null $cell)) (result i32)
    (if (i32.eqz (local.get $count)) (then (return (call $number (local.get $cell)))))
    (return_call $tail (i32.sub (local.get $count) (i32.const 1)) (call $make (local.get $count))))
)

(assert_return (invoke "in a local" (i32.const 11)) (i32.const 11))
(assert_return (invoke "on the stack" (i32.const 11)) (i32.const 12))
(assert_return (invoke "set" (i32.const 20)))
(assert_return (invoke "forget" (i32.const 500000)))
(assert_return (invoke "get") (i32.const 20) (i32.const 21) (i32.const 22) (i32.const 23))
(assert_return (invoke "constant") (i32.const 99))
(assert_return (invoke "segment" (i32.const 2)) (i32.const 72) (i32.const 99))
(assert_return (invoke "throw" (i32.const 7)))
(assert_return (invoke "forget" (i32.const 500000)))
(assert_return (invoke "catch") (i32.const 7) (i32.const 7))
(assert_return (invoke "old to new" (i32.const 12)) (i32.const 234))
(assert_return (invoke "ranges") (i32.const 73))
(assert_return (invoke "externs" (ref.extern 3)) (i32.const 8) (ref.extern 3))
(assert_return (invoke "box" (ref.extern 0)) (ref.extern 0))
(assert_return (invoke "deep" (i32.const 10000)) (i32.const 10000))
(assert_return (invoke "list" (i32.const 1000000)) (i32.const 1000000))
(assert_return (invoke "i31" (i32.const -7)) (i32.const -7))
(assert_return (invoke "tail" (i32.const 1000000) (ref.null none)) (i32.const 1))

;; Another module of the program has the same types.
(register "keeper" $keeper)
(module
  (type $cell (struct (field (mut i32)) (field (mut (ref null $cell)))))
  (import "keeper" "kept" (global $kept (mut anyref)))
  (import "keeper" "forget" (func $forget (param i32)))
  (func (export "replace") (result i32)
    (global.set $kept (struct.new $cell (i32.const 6) (ref.null $cell)))
    (call $forget (i32.const 300000))
    (struct.get $cell 0 (ref.cast (ref $cell) (global.get $kept)))))
(assert_return (invoke "replace") (i32.const 6))
;; An old array that would have fitted into what is free of a block, but is too large for it: the card
;; of its last element leads to the array. The first object opens the block.

(module
  (type $cell (struct (field $number i32) (field $next (ref null $cell))))
  (type $cells (array (mut (ref null $cell))))
  (type $numbers (array (mut i32)))
  (global $first (mut (ref null $cell)) (ref.null $cell))
  (global $last (mut (ref null $cell)) (ref.null $cell))
  (func $make (param i32) (result (ref $cell)) (struct.new $cell (local.get 0) (ref.null $cell)))
  (func $forget (param $count i32)
    (loop $again
      (global.set $last (call $make (local.get $count)))
      (if (i32.eqz (i32.and (local.get $count) (i32.const 1023)))
        (then (drop (array.new $numbers (local.get $count) (i32.const 5000)))))
      (drop (array.new_default $numbers (i32.and (local.get $count) (i32.const 63))))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
  (func (export "last") (param $length i32) (result i32)
    (local $array (ref $cells))
    (global.set $first (call $make (i32.const 1)))
    (local.set $array (array.new_default $cells (local.get $length)))
    (call $forget (i32.const 300000))
    (array.set $cells (local.get $array) (i32.sub (local.get $length) (i32.const 1))
      (call $make (i32.const 8)))
    (call $forget (i32.const 300000))
    (struct.get $cell $number
      (array.get $cells (local.get $array) (i32.sub (local.get $length) (i32.const 1))))))

(assert_return (invoke "last" (i32.const 6000)) (i32.const 8))
(assert_return (invoke "last" (i32.const 7000)) (i32.const 8))
(assert_return (invoke "last" (i32.const 2050)) (i32.const 8))

;; Full collections keep constant objects, which nothing but code refers to, and what they
;; refer to.

(module
  (type $cell (struct (field $number (mut i32)) (field $next (mut (ref null $cell)))))
  (global $constant (ref $cell)
    (struct.new $cell (i32.const 1) (struct.new $cell (i32.const 2) (ref.null $cell))))
  (func (export "set")
    (struct.set $cell $next (struct.get $cell $next (global.get $constant))
      (struct.new $cell (i32.const 3) (ref.null $cell))))
  (func (export "get") (result i32 i32 i32)
    (struct.get $cell $number (global.get $constant))
    (struct.get $cell $number (struct.get $cell $next (global.get $constant)))
    (struct.get $cell $number
      (struct.get $cell $next (struct.get $cell $next (global.get $constant)))))
  (func (export "list") (param $count i32) (result i32)
    (local $list (ref null $cell))
    (loop $again
      (local.set $list (struct.new $cell (local.get $count) (local.get $list)))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (struct.get $cell $number (local.get $list))))

(invoke "set")
(assert_return (invoke "list" (i32.const 2000000)) (i32.const 1))
(assert_return (invoke "list" (i32.const 2000000)) (i32.const 1))
(assert_return (invoke "get") (i32.const 1) (i32.const 2) (i32.const 3))
