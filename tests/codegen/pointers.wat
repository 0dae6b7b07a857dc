;; Addresses are extended to 64 bits where they are made: the pass `pointers`.
(module
  (memory 1)
  ;; A list whose elements begin with the address of the next one: from one to
  ;; the next there is a load and nothing else.
  (func (export "sum") (param $element i32) (result i32)
    (local $sum i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $element)))
        (local.set $sum (i32.add (local.get $sum) (i32.load offset=4 (local.get $element))))
        (local.set $element (i32.load (local.get $element)))
        (br $next)))
    (local.get $sum)))
