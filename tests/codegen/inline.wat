;; Small functions stand in place of their calls, also in each other: no code is
;; left of `square` and `distance`. Code that ends in a trap is at the end, and
;; calls from there stay calls. A large function that is called twice stays.
(module
  (memory 1)
  (global $calls (mut i32) (i32.const 0))
  (func $square (param f64) (result f64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (f64.mul (local.get 0) (local.get 0)))
  (func $distance (param f64 f64) (result f64)
    (f64.sqrt (f64.add (call $square (local.get 0)) (call $square (local.get 1)))))
  (func $fail (param i32)
    (i32.store (i32.const 0) (local.get 0)))
  (func (export "near") (param f64 f64) (result i32)
    (if (f64.gt (call $distance (local.get 0) (local.get 1)) (f64.const 10))
      (then (call $fail (i32.const 7)) unreachable))
    (global.get $calls)))
