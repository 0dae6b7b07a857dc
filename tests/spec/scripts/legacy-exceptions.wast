;; The legacy form of exception handling (proposals/exception-handling,
;; legacy/Exceptions.md): try, catch, catch_all, delegate, rethrow.

(module
  (tag $number (param i32))
  (tag $pair (param i32 i64))
  (tag $empty)

  (func $throw-number (param i32) (throw $number (local.get 0)))
  (func $throw-some (param i32)
    (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $number (i32.const 10))))
    (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $pair (i32.const 20) (i64.const 21))))
    (if (i32.eq (local.get 0) (i32.const 3)) (then (throw $empty))))

  (func (export "catch-from-call") (param i32) (result i32)
    try (result i32)
      (call $throw-number (local.get 0)) (i32.const -1)
      catch $number (i32.add (i32.const 100))
    end)

  (func (export "catch-in-place") (param i32) (result i32)
    try (result i32)
      (throw $number (local.get 0))
      catch $number
    end)

  (func $choose (export "choose") (param i32) (result i32)
    try (result i32)
      (call $throw-some (local.get 0)) (i32.const 0)
      catch $number
      catch $pair (i32.wrap_i64) (i32.add)
      catch_all (i32.const 77)
    end)

  ;; The values of locals are those at the throw.
  (func (export "locals") (param i32) (result i32)
    (local i32)
    try
      (local.set 1 (i32.const 1))
        (call $throw-some (i32.const 0))
        (local.set 1 (i32.const 2))
        (call $throw-some (local.get 0))
        (local.set 1 (i32.const 3))
      catch_all (local.set 1 (i32.add (local.get 1) (i32.const 10)))
    end
    (local.get 1))

  (func (export "rethrow") (param i32) (result i32)
    try (result i32)
      try (result i32)
          (call $throw-number (local.get 0)) (i32.const 0)
          catch $number (drop) (rethrow 0)
    end
      catch $number (i32.add (i32.const 1000))
    end)

  ;; rethrow names an outer catch from inside an inner one.
  (func (export "rethrow-outer") (result i32)
    try (result i32)
      try (result i32)
          (throw $number (i32.const 5))
          catch $number
            (drop)
            try (result i32)
              (throw $empty)
              catch $empty (rethrow 1)
    end
    end
      catch $number
      catch_all (i32.const -1)
    end)

  (func (export "delegate") (param i32) (result i32)
    try $outer (result i32)
      try (result i32)
          try (result i32)
              (call $throw-number (local.get 0)) (i32.const 0)
              delegate $outer
          catch $number (i32.add (i32.const 1))
    end
      catch $number (i32.add (i32.const 2))
    end)

  (func $delegating (param i32) (result i32)
    try (result i32)
      (call $throw-number (local.get 0)) (i32.const 0)
      delegate 0)
  (func (export "delegate-to-caller") (param i32) (result i32)
    try (result i32)
      (call $delegating (local.get 0))
      catch $number (i32.add (i32.const 3))
    end)

  (func (export "uncaught") (param i32) (call $throw-number (local.get 0)))
  (func (export "not-meant") (param i32) (result i32)
    try (result i32)
      (call $throw-some (local.get 0)) (i32.const 0)
      catch $empty (i32.const 1)
    end)

  ;; A loop of many exceptions does not run out of anything.
  (func (export "many") (param i32) (result i32)
    (local i32)
    (loop $again
      try
        (call $throw-number (local.get 0))
        catch $number (local.set 1 (i32.add (local.get 1)))
    end
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))

  (func (export "no-catch") (param i32) (result i32)
    try (result i32)
      try (result i32) (call $throw-number (local.get 0)) (i32.const 0)
    end
      catch $number
    end)

  (func (export "results-of-body") (result i32)
    try (result i32) (i32.const 9) catch_all (i32.const 8)
    end)
)

(assert_return (invoke "catch-from-call" (i32.const 5)) (i32.const 105))
(assert_return (invoke "catch-in-place" (i32.const 6)) (i32.const 6))
(assert_return (invoke "choose" (i32.const 0)) (i32.const 0))
(assert_return (invoke "choose" (i32.const 1)) (i32.const 10))
(assert_return (invoke "choose" (i32.const 2)) (i32.const 41))
(assert_return (invoke "choose" (i32.const 3)) (i32.const 77))
(assert_return (invoke "locals" (i32.const 0)) (i32.const 3))
(assert_return (invoke "locals" (i32.const 1)) (i32.const 12))
(assert_return (invoke "rethrow" (i32.const 7)) (i32.const 1007))
(assert_return (invoke "rethrow-outer") (i32.const 5))
(assert_return (invoke "delegate" (i32.const 40)) (i32.const 42))
(assert_return (invoke "delegate-to-caller" (i32.const 40)) (i32.const 43))
(assert_exception (invoke "uncaught" (i32.const 1)))
(assert_exception (invoke "not-meant" (i32.const 1)))
(assert_return (invoke "not-meant" (i32.const 3)) (i32.const 1))
(assert_return (invoke "many" (i32.const 1000)) (i32.const 500500))
(assert_return (invoke "no-catch" (i32.const 4)) (i32.const 4))
(assert_return (invoke "results-of-body") (i32.const 9))

;; Across modules, through tables, and with the payload in vectors.
(module $provider
  (tag $t (export "t") (param f64 v128))
  (func (export "throw") (param f64)
    (throw $t (local.get 0) (v128.const i32x4 1 2 3 4))))
(register "provider" $provider)
(module
  (type $thrower (func (param f64)))
  (tag $t (import "provider" "t") (param f64 v128))
  (func $throw (import "provider" "throw") (param f64))
  (table funcref (elem $throw))
  (func (export "indirect") (param f64) (result f64 i32)
    (block $handler (result f64 v128)
      (try_table (catch $t $handler)
        (call_indirect (type $thrower) (local.get 0) (i32.const 0)))
      (unreachable))
    (i32x4.extract_lane 2)))
(assert_return (invoke "indirect" (f64.const 2.5)) (f64.const 2.5) (i32.const 3))

