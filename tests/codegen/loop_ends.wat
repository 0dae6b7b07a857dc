;; One comparison of the new counter and one branch end a loop: the pass
;; `loop-ends`.
(module
  (memory 1)
  (func (export "sum") (result i32)
    (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum
        (i32.add (local.get $sum) (i32.load (i32.shl (local.get $i) (i32.const 2)))))
      (br_if $next
        (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))
    (local.get $sum)))
