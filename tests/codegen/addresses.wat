;; Constants that are added to addresses become part of the loads and stores: the
;; pass `addresses`.
(module
  (memory 1)
  ;; The sum cannot wrap.
  (func (export "table") (param $i i32) (result i32)
    (i32.load8_u (i32.add (i32.and (local.get $i) (i32.const 255)) (i32.const 1024))))
  ;; After the first access the others are near it.
  (func (export "neighbours") (param $at i32) (result i32)
    (i32.add
      (i32.load (local.get $at))
      (i32.add
        (i32.load (i32.add (local.get $at) (i32.const 4)))
        (i32.load (i32.add (local.get $at) (i32.const -4))))))
  ;; On aarch64 an address costs an instruction, so the other has to be two.
  (func (export "pair") (param $at i32) (result i32)
    (i32.add
      (i32.load (local.get $at))
      (i32.load (i32.add (local.get $at) (i32.const 4)))))
  ;; It can wrap.
  (func (export "alone") (param $at i32) (result i32)
    (i32.load (i32.add (local.get $at) (i32.const 4)))))
