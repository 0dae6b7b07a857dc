;; Arms of a loop around a switch end with the begin of the next round: the pass
;; `latches`.
(module
  (memory 1)
  ;; A loop around a switch: an arm goes back at once, and copies what it changed.
  (func (export "run") (param $pc i32) (param $a i32) (param $b i32) (result i32)
    (block $halt
      (loop $next
        (block $done
          (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
            (br_table $0 $1 $2 $3 $4 $5 $6 $7 $halt (i32.load8_u (local.get $pc))))
            (local.set $a (i32.add (local.get $a) (local.get $b)))
            (br $done))
            (local.set $a (i32.sub (local.get $a) (local.get $b)))
            (br $done))
            (local.set $b (i32.mul (local.get $a) (local.get $b)))
            (br $done))
            (local.set $b (i32.load (local.get $a)))
            (br $done))
            (i32.store (local.get $a) (local.get $b))
            (br $done))
            (local.set $a (i32.xor (local.get $a) (local.get $b)))
            (br $done))
            (local.set $b (local.get $a))
            (br $done))
            (local.set $a (i32.shl (local.get $a) (i32.const 1)))
            (br $done))
        (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
        (br $next)))
    (local.get $a)))
