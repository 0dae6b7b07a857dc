;; Copies and fills of a few bytes, a number known when compiling, are loads and
;; stores behind the check of the whole range: the pass `bulk`.
(module
  (memory $m 1)
  (memory $n i64 1)
  (func (export "copy") (param $to i32) (param $from i32)
    (memory.copy $m $m (local.get $to) (local.get $from) (i32.const 40)))
  ;; Between memories, the last access overlapping the one before.
  (func (export "between") (param $to i32) (param $from i64)
    (memory.copy $m $n (local.get $to) (local.get $from) (i32.const 7)))
  (func (export "zero") (param $at i32)
    (memory.fill $m (local.get $at) (i32.const 0) (i32.const 48)))
  (func (export "fill") (param $at i64) (param $byte i32)
    (memory.fill $n (local.get $at) (local.get $byte) (i64.const 20)))
  ;; A call.
  (func (export "many") (param $to i32) (param $from i32)
    (memory.copy $m $m (local.get $to) (local.get $from) (i32.const 1000))))
