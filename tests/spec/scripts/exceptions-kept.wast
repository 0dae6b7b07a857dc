;; Exceptions that references are left to stay as they were, whatever happens
;; to others: each call makes a few hundred thousand that are forgotten.

(module $keeper
  (tag $number (export "number") (param i32))
  (tag $wide (param v128 i64 i32))
  (tag $wraps (param i32 exnref))
  (global $kept (export "kept") (mut exnref) (ref.null exn))
  (table $table (export "table") 4 100000 exnref)

  (func $make (param i32) (result exnref)
    (block $caught (result i32 exnref)
      (try_table (catch_ref $number $caught) (throw $number (local.get 0)))
      (unreachable))
    (return))

  ;; Exceptions of several sizes that nobody keeps.
  (func $forget (export "forget") (param $count i32)
    (loop $again
      (drop (call $make (local.get $count)))
      (block $caught (result exnref)
        (try_table (catch_all_ref $caught)
          (throw $wide (v128.const i64x2 -1 -1) (i64.const -1) (local.get $count)))
        (unreachable))
      (drop)
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count))))

  (func $read (export "read") (param exnref) (result i32)
    (block $caught (result i32)
      (try_table (catch $number $caught) (throw_ref (local.get 0)))
      (unreachable)))

  (func (export "in a local") (param i32) (result i32) (local $kept exnref)
    (local.set $kept (call $make (local.get 0)))
    (call $forget (i32.const 100000))
    (call $read (local.get $kept)))

  (func (export "as an operand") (param i32) (result i32)
    (call $make (local.get 0))
    (call $forget (i32.const 100000))
    (call $read))

  ;; One in each frame.
  (func $deep (export "in frames") (param $depth i32) (result i32) (local $kept exnref)
    (if (i32.eqz (local.get $depth))
      (then (call $forget (i32.const 100000)) (return (i32.const 0))))
    (local.set $kept (call $make (local.get $depth)))
    (call $deep (i32.sub (local.get $depth) (i32.const 1)))
    (i32.add (call $read (local.get $kept))))

  (func (export "set global") (param i32)
    (global.set $kept (call $make (local.get 0)))
    (call $forget (i32.const 100000)))
  (func (export "global") (result i32) (call $read (global.get $kept)))

  (func (export "set element") (param i32 i32)
    (table.set $table (local.get 0) (call $make (local.get 1)))
    (call $forget (i32.const 100000)))
  (func (export "element") (param i32) (result i32)
    (call $read (table.get $table (local.get 0))))
  (func (export "grow") (param i32) (result i32)
    (table.grow $table (call $make (i32.const 77)) (local.get 0)))

  ;; Each in the next, so many deep; the number of each is its depth.
  (func (export "wrap") (param $depth i32) (local $inner exnref) (local $number i32)
    (loop $again
      (block $caught (result i32 exnref exnref)
        (try_table (catch_ref $wraps $caught)
          (throw $wraps (local.get $number) (local.get $inner)))
        (unreachable))
      (local.set $inner)
      (drop)
      (drop)
      (local.set $number (i32.add (local.get $number) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $number) (local.get $depth))))
    (global.set $kept (local.get $inner)))
  (func (export "unwrap") (result i32) (local $next exnref) (local $count i32)
    (local.set $next (global.get $kept))
    (loop $again
      (block $caught (result i32 exnref)
        (try_table (catch $wraps $caught) (throw_ref (local.get $next)))
        (unreachable))
      (local.set $next)
      (drop)
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br_if $again (i32.eqz (ref.is_null (local.get $next)))))
    (local.get $count))

  ;; The exception of a handler stays until the handler is left, though more
  ;; are thrown and caught in it.
  (func (export "again") (param i32) (result i32)
    (block $outer (result i32)
      (try_table (catch $number $outer)
        (block $caught (result exnref)
          (try_table (catch_all_ref $caught) (throw $number (local.get 0)))
          (unreachable))
        (call $forget (i32.const 100000))
        (throw_ref))
      (unreachable)))

  ;; It carries more than there is room for in small ones.
  (tag $large
    (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64))
  (func (export "large") (param i64) (result i64) (local $kept exnref)
    (block $caught (result exnref)
      (try_table (catch_all_ref $caught)
        (throw $large (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
          (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
          (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
          (local.get 0)))
      (unreachable))
    (local.set $kept)
    (call $forget (i32.const 100000))
    (block $caught (result i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
      (try_table (catch $large $caught) (throw_ref (local.get $kept)))
      (unreachable))
    (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add)
    (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add))
)
(register "keeper" $keeper)

(assert_return (invoke "in a local" (i32.const 7)) (i32.const 7))
(assert_return (invoke "as an operand" (i32.const 8)) (i32.const 8))
(assert_return (invoke "in frames" (i32.const 5000)) (i32.const 12502500))
(assert_return (invoke "set global" (i32.const 9)))
(assert_return (invoke "forget" (i32.const 100000)))
(assert_return (invoke "global") (i32.const 9))
(assert_return (invoke "set element" (i32.const 3) (i32.const 10)))
(assert_return (invoke "forget" (i32.const 100000)))
(assert_return (invoke "element" (i32.const 3)) (i32.const 10))
(assert_return (invoke "grow" (i32.const 90000)) (i32.const 4))
(assert_return (invoke "set element" (i32.const 90003) (i32.const 11)))
(assert_return (invoke "forget" (i32.const 100000)))
(assert_return (invoke "element" (i32.const 3)) (i32.const 10))
(assert_return (invoke "element" (i32.const 5)) (i32.const 77))
(assert_return (invoke "element" (i32.const 90003)) (i32.const 11))
(assert_return (invoke "again" (i32.const 12)) (i32.const 12))
(assert_return (invoke "large" (i64.const 13)) (i64.const 234))
(assert_return (invoke "wrap" (i32.const 100000)))
(assert_return (invoke "forget" (i32.const 100000)))
(assert_return (invoke "unwrap") (i32.const 100000))

;; Another module's code keeps them too, where the first module defined it and
;; of its own.
(module
  (import "keeper" "number" (tag $number (param i32)))
  (import "keeper" "kept" (global $theirs (mut exnref)))
  (import "keeper" "table" (table $theirs 4 100000 exnref))
  (import "keeper" "forget" (func $forget (param i32)))
  (import "keeper" "read" (func $read (param exnref) (result i32)))
  (global $own (mut exnref) (ref.null exn))
  (table $own 2 exnref)
  (func $make (param i32) (result exnref)
    (block $caught (result i32 exnref)
      (try_table (catch_ref $number $caught) (throw $number (local.get 0)))
      (unreachable))
    (return))
  (func (export "keep") (result i32 i32 i32 i32)
    (global.set $theirs (call $make (i32.const 1)))
    (global.set $own (call $make (i32.const 2)))
    (table.set $theirs (i32.const 0) (call $make (i32.const 3)))
    (table.set $own (i32.const 1) (call $make (i32.const 4)))
    (call $forget (i32.const 100000))
    (call $read (global.get $theirs))
    (call $read (global.get $own))
    (call $read (table.get $theirs (i32.const 0)))
    (call $read (table.get $own (i32.const 1)))))
(assert_return (invoke "keep") (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4))

;; Legacy handlers keep theirs as long as `rethrow` can want it.
(module
  (import "keeper" "forget" (func $forget (param i32)))
  (tag $number (param i32))
  (func (export "rethrow") (param i32) (result i32)
    try (result i32)
      try (result i32)
        (throw $number (local.get 0))
      catch_all
        (call $forget (i32.const 100000))
        rethrow 0
      end
    catch $number
    end))
(assert_return (invoke "rethrow" (i32.const 14)) (i32.const 14))
