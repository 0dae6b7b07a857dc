;; A loop over memory: each access is one instruction, without a bounds check
;; and on x86_64 without a base register.
(module
  (memory 1)
  (func $sum (export "sum") (param $address i32) (param $count i32) (result i32)
    (local $sum i32)
    (loop $next
      (local.set $sum
        (i32.add (local.get $sum) (i32.load offset=16 (local.get $address))))
      (i32.store offset=32 (local.get $address) (local.get $sum))
      (local.set $address (i32.add (local.get $address) (i32.const 4)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $next (local.get $count)))
    (local.get $sum)))
