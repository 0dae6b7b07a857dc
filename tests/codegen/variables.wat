;; options: --disable-pass variables
;; Locals are slots of the frame, as in functions where variables would be too much work. A
;; local that is not used has none.
(module
  (func (export "countdown") (param $from i32) (result f64) (local $sum f64) (local $unused i64)
    (loop $again
      (local.set $sum (f64.add (local.get $sum) (f64.convert_i32_u (local.get $from))))
      (br_if $again (local.tee $from (i32.sub (local.get $from) (i32.const 1)))))
    (local.get $sum)))
