;; The sum of base and index is made once where accesses have negative offsets
;; or ones that are no multiple of their width: the pass `offsets`, of aarch64.
(module
  (memory 1)
  (func (export "around") (param $at i32) (result i64)
    (i64.add (i64.load (local.get $at))
      (i64.add
        (i64.load (i32.add (local.get $at) (i32.const -8)))
        (i64.add
          (i64.load (i32.add (local.get $at) (i32.const -24)))
          (i64.load offset=4 (local.get $at)))))))
