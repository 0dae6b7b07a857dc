;; Checks that an earlier check proves are left out, and no others: a fact holds where the check
;; must have been passed.

(module
  (type $shape (sub (struct (field (mut i32)))))
  (type $circle (sub $shape (struct (field (mut i32)) (field f64))))
  (type $square (sub $shape (struct (field (mut i32)) (field i64))))

  (func $of (export "of") (param i32) (result anyref)
    (if (i32.eq (local.get 0) (i32.const 0)) (then (return (ref.null any))))
    (if (i32.eq (local.get 0) (i32.const 1)) (then (return (ref.i31 (i32.const 1)))))
    (if (i32.eq (local.get 0) (i32.const 2))
      (then (return (struct.new $circle (i32.const 10) (f64.const 1)))))
    (if (i32.eq (local.get 0) (i32.const 3))
      (then (return (struct.new $square (i32.const 20) (i64.const 1)))))
    (struct.new $shape (i32.const 30)))

  ;; A cast in one arm proves nothing behind the `if`.
  (func (export "arm") (param i32 i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (if (local.get 1) (then (drop (ref.cast (ref $circle) (local.get $any)))))
    (struct.get $circle 0 (ref.cast (ref $circle) (local.get $any))))

  ;; A null that passes a cast is not of the type.
  (func (export "nullable") (param i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (drop (ref.cast (ref null $circle) (local.get $any)))
    (struct.get $circle 0 (ref.cast (ref $circle) (local.get $any))))

  ;; A cast to a supertype proves no cast to a subtype, the reverse does.
  (func (export "down") (param i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (drop (ref.cast (ref $shape) (local.get $any)))
    (struct.get $square 0 (ref.cast (ref $square) (local.get $any))))
  (func (export "up") (param i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (drop (ref.cast (ref $square) (local.get $any)))
    (struct.get $shape 0 (ref.cast (ref $shape) (local.get $any))))

  ;; A test decides an `if`, also reversed; a failed one proves nothing.
  (func (export "test") (param i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (if (i32.eqz (ref.test (ref $circle) (local.get $any)))
      (then (return (i32.add (i32.const 100)
        (struct.get $shape 0 (ref.cast (ref $shape) (local.get $any)))))))
    (struct.get $circle 0 (ref.cast (ref $circle) (local.get $any))))

  ;; What is known in a loop is not known where it is entered.
  (func (export "loop") (param i32) (result i32)
    (local $any anyref) (local $next anyref) (local $sum i32) (local $count i32)
    (local.set $any (call $of (local.get 0)))
    (local.set $next (call $of (i32.const 2)))
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (ref.test (ref $circle) (local.get $any))))
      (if (ref.test (ref $square) (local.get $any))
        (then (drop (ref.cast (ref $square) (local.get $any)))))
      (local.set $any (local.get $next))
      (br_if $again (i32.lt_u (local.tee $count (i32.add (local.get $count) (i32.const 1)))
        (i32.const 3))))
    (local.get $sum))

  ;; An end to which something branches.
  (func (export "branch") (param i32 i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (block $out
      (br_if $out (local.get 1))
      (drop (ref.cast (ref $circle) (local.get $any))))
    (struct.get $circle 0 (ref.cast (ref $circle) (local.get $any))))

  ;; A handler is reached from the middle of the body.
  (tag $tag)
  (func $throws (param i32) (if (local.get 0) (then (throw $tag))))
  (func (export "handler") (param i32 i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (block $caught
      (try_table (catch_all $caught)
        (call $throws (local.get 1))
        (drop (ref.cast (ref $circle) (local.get $any)))))
    (struct.get $circle 0 (ref.cast (ref $circle) (local.get $any))))

  ;; Nulls.
  (func $shape_of (param i32) (result (ref null $shape))
    (ref.cast (ref null $shape) (call $of (local.get 0))))
  (func (export "null") (param i32) (result i32)
    (local $shape (ref null $shape))
    (local.set $shape (call $shape_of (local.get 0)))
    (if (ref.is_null (local.get $shape)) (then (return (i32.const -1))))
    (i32.add (struct.get $shape 0 (local.get $shape))
      (struct.get $shape 0 (ref.as_non_null (local.get $shape)))))
  (func (export "null in an arm") (param i32 i32) (result i32)
    (local $shape (ref null $shape))
    (local.set $shape (call $shape_of (local.get 0)))
    (if (local.get 1) (then (drop (struct.get $shape 0 (local.get $shape)))))
    (struct.get $shape 0 (local.get $shape)))

  (func (export "br_on_cast") (param i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (block $circle (result (ref $circle))
      (drop (br_on_cast $circle anyref (ref $circle) (local.get $any)))
      (return (ref.test (ref $square) (local.get $any))))
    (struct.get $circle 0))
  (func (export "br_on_cast_fail") (param i32) (result i32)
    (local $any anyref)
    (local.set $any (call $of (local.get 0)))
    (block $other (result anyref)
      (drop (br_on_cast_fail $other anyref (ref $circle) (local.get $any)))
      (return (struct.get $circle 0 (ref.cast (ref $circle) (local.get $any)))))
    (drop)
    (i32.const -1))
)

(assert_return (invoke "arm" (i32.const 2) (i32.const 1)) (i32.const 10))
(assert_return (invoke "arm" (i32.const 2) (i32.const 0)) (i32.const 10))
(assert_trap (invoke "arm" (i32.const 3) (i32.const 0)) "cast failure")
(assert_trap (invoke "arm" (i32.const 1) (i32.const 0)) "cast failure")
(assert_trap (invoke "arm" (i32.const 0) (i32.const 0)) "cast failure")
(assert_return (invoke "nullable" (i32.const 2)) (i32.const 10))
(assert_trap (invoke "nullable" (i32.const 0)) "cast failure")
(assert_return (invoke "down" (i32.const 3)) (i32.const 20))
(assert_trap (invoke "down" (i32.const 2)) "cast failure")
(assert_trap (invoke "down" (i32.const 4)) "cast failure")
(assert_return (invoke "up" (i32.const 3)) (i32.const 20))
(assert_trap (invoke "up" (i32.const 4)) "cast failure")
(assert_return (invoke "test" (i32.const 2)) (i32.const 10))
(assert_return (invoke "test" (i32.const 3)) (i32.const 120))
(assert_return (invoke "test" (i32.const 4)) (i32.const 130))
(assert_trap (invoke "test" (i32.const 1)) "cast failure")
(assert_return (invoke "loop" (i32.const 3)) (i32.const 2))
(assert_return (invoke "loop" (i32.const 2)) (i32.const 3))
(assert_return (invoke "branch" (i32.const 2) (i32.const 1)) (i32.const 10))
(assert_trap (invoke "branch" (i32.const 3) (i32.const 1)) "cast failure")
(assert_return (invoke "handler" (i32.const 2) (i32.const 1)) (i32.const 10))
(assert_trap (invoke "handler" (i32.const 3) (i32.const 1)) "cast failure")
(assert_trap (invoke "handler" (i32.const 3) (i32.const 0)) "cast failure")
(assert_return (invoke "null" (i32.const 0)) (i32.const -1))
(assert_return (invoke "null" (i32.const 4)) (i32.const 60))
(assert_return (invoke "null in an arm" (i32.const 3) (i32.const 1)) (i32.const 20))
(assert_trap (invoke "null in an arm" (i32.const 0) (i32.const 0)) "null structure reference")
(assert_trap (invoke "null in an arm" (i32.const 0) (i32.const 1)) "null structure reference")
(assert_return (invoke "br_on_cast" (i32.const 2)) (i32.const 10))
(assert_return (invoke "br_on_cast" (i32.const 3)) (i32.const 1))
(assert_return (invoke "br_on_cast" (i32.const 0)) (i32.const 0))
(assert_return (invoke "br_on_cast_fail" (i32.const 2)) (i32.const 10))
(assert_return (invoke "br_on_cast_fail" (i32.const 3)) (i32.const -1))
(assert_return (invoke "br_on_cast_fail" (i32.const 0)) (i32.const -1))

;; A field far from the object's start is checked, not left to a fault.
(module
  (rec (type $far (struct
    (field v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128
           v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
    (field $last (mut i64)))))
  (func (export "far") (param i32) (result i64)
    (local $object (ref null $far))
    (if (local.get 0) (then (local.set $object (struct.new_default $far))))
    (struct.set $far $last (local.get $object) (i64.const 8))
    (struct.get $far $last (local.get $object))))
(assert_return (invoke "far" (i32.const 1)) (i64.const 8))
(assert_trap (invoke "far" (i32.const 0)) "null structure reference")
