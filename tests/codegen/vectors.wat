;; options for x86_64: --cpu x86-64-v3
;; A vector is loaded as what it is used as, so that on x86_64 the load is part
;; of the operator: the pass `vectors`.
;; What is used twice is loaded once.
(module
  (memory 1)
  (func (export "once") (param $at i32) (param $v v128) (result v128)
    (f64x2.add (local.get $v) (v128.load align=1 (local.get $at))))
  (func (export "twice") (param $at i32) (param $v v128) (result v128)
    (local $loaded v128)
    (local.set $loaded (v128.load (local.get $at)))
    (f64x2.add (f64x2.mul (local.get $v) (local.get $loaded)) (local.get $loaded))))
