;; Accesses whose operands differ by constants: one address may serve several,
;; and a constant may become part of an instruction. At the edges of 32 bits and
;; of the memory the result must be what each access gives by itself.

(module
  (memory 1 2)
  (data (i32.const 0) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data (i32.const 0x100) "\a0\a1\a2\a3")

  ;; At p, then at p - 4.
  (func (export "below") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (local.get $p))
      (i32.load8_u (i32.add (local.get $p) (i32.const -4)))))
  (func (export "below, offset 8") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (local.get $p))
      (i32.load8_u offset=8 (i32.add (local.get $p) (i32.const -4)))))
  (func (export "store below") (param $p i32)
    (i32.store8 (local.get $p) (i32.const 1))
    (i32.store8 (i32.add (local.get $p) (i32.const -4)) (i32.const 1)))
  ;; The sum is what is known to be inside, not p.
  (func (export "back") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (i32.add (local.get $p) (i32.const 32)))
      (i32.load8_u (i32.add (local.get $p) (i32.const 16)))))
  (func (export "forth") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (i32.add (local.get $p) (i32.const 16)))
      (i32.load8_u (i32.add (local.get $p) (i32.const 24)))))
  (func (export "forth, two terms") (param $p i32) (param $i i32) (result i32)
    (i32.add
      (i32.load8_u (i32.add (local.get $p) (local.get $i)))
      (i32.load8_u (i32.add (i32.add (local.get $i) (i32.const 3)) (local.get $p)))))
  (func (export "last") (param $p i32) (result i32)
    (i32.add
      (i32.load8_u (local.get $p))
      (i32.load (i32.add (local.get $p) (i32.const 8)))))
  ;; What was accessed on one way only says nothing about the other.
  (func (export "one way") (param $p i32) (param $first i32) (result i32)
    (if (local.get $first)
      (then (drop (i32.load8_u (local.get $p)))))
    (i32.load8_u (i32.add (local.get $p) (i32.const 8))))

  (func (export "table, masked") (param $i i32) (result i32)
    (i32.load8_u (i32.add (i32.and (local.get $i) (i32.const 3)) (i32.const 0x100))))
  (func (export "table, any index") (param $i i32) (result i32)
    (i32.load8_u (i32.add (local.get $i) (i32.const 0x100))))
  (func (export "table, shifted") (param $i i32) (result i32)
    (i32.load8_u (i32.add (i32.shl (local.get $i) (i32.const 2)) (i32.const 0x100))))
  (func (export "table, shifted by 33") (param $i i32) (result i32)
    (i32.load8_u (i32.add (i32.shl (i32.and (local.get $i) (i32.const 1)) (i32.const 33)) (i32.const 0x100))))
  (func (export "table, or") (param $i i32) (result i32)
    (i32.load8_u (i32.add
      (i32.or (i32.and (local.get $i) (i32.const 2)) (i32.and (local.get $i) (i32.const 1)))
      (i32.const 0x100))))
  (func (export "table, remainder") (param $i i32) (result i32)
    (i32.load8_u (i32.add (i32.rem_u (local.get $i) (i32.const 4)) (i32.const 0x100))))
  (func (export "table, product") (param $i i32) (result i32)
    (i32.load8_u (i32.add (i32.mul (local.get $i) (i32.const 0x10000)) (i32.const 0x100))))
  (func (export "grow") (param i32) (result i32)
    (memory.grow (local.get 0))))

(assert_return (invoke "below" (i32.const 4)) (i32.const 4))
(assert_return (invoke "below" (i32.const 31)) (i32.const 58))
(assert_trap (invoke "below" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "below" (i32.const 3)) "out of bounds memory access")
(assert_trap (invoke "below" (i32.const 0x10000)) "out of bounds memory access")
(assert_return (invoke "below, offset 8" (i32.const 4)) (i32.const 12))
(assert_trap (invoke "below, offset 8" (i32.const 2)) "out of bounds memory access")
(assert_trap (invoke "below, offset 8" (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "store below" (i32.const 0x204)))
(assert_trap (invoke "store below" (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "back" (i32.const -16)) (i32.const 16))
(assert_return (invoke "back" (i32.const -1)) (i32.const 46))
(assert_trap (invoke "back" (i32.const -17)) "out of bounds memory access")
(assert_return (invoke "forth" (i32.const -16)) (i32.const 8))
(assert_trap (invoke "forth" (i32.const -17)) "out of bounds memory access")
(assert_return (invoke "forth, two terms" (i32.const 0x80000001) (i32.const 0x80000001)) (i32.const 7))
(assert_trap (invoke "forth, two terms" (i32.const -3) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "last" (i32.const 0xfff4)) (i32.const 0))
(assert_trap (invoke "last" (i32.const 0xfff5)) "out of bounds memory access")
(assert_return (invoke "one way" (i32.const -8) (i32.const 0)) (i32.const 0))
(assert_trap (invoke "one way" (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "table, masked" (i32.const -1)) (i32.const 0xa3))
(assert_return (invoke "table, any index" (i32.const 2)) (i32.const 0xa2))
(assert_return (invoke "table, any index" (i32.const -0xff)) (i32.const 1))
(assert_trap (invoke "table, any index" (i32.const -0x101)) "out of bounds memory access")
(assert_return (invoke "table, shifted" (i32.const 0x40000000)) (i32.const 0xa0))
(assert_return (invoke "table, shifted" (i32.const -0x3f)) (i32.const 4))
(assert_return (invoke "table, shifted by 33" (i32.const 1)) (i32.const 0xa2))
(assert_return (invoke "table, or" (i32.const -1)) (i32.const 0xa3))
(assert_return (invoke "table, remainder" (i32.const -2)) (i32.const 0xa2))
(assert_return (invoke "table, product" (i32.const 0x10000)) (i32.const 0xa0))
(assert_trap (invoke "table, product" (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke "table, product" (i32.const 1)) (i32.const 0))

;; All that 32 bits can address.
(module
  (memory 65536)
  (func (export "below") (param $p i32) (result i32)
    (i32.store8 (i32.const 0xfffffffc) (i32.const 7))
    (i32.add
      (i32.load8_u (local.get $p))
      (i32.load8_u (i32.add (local.get $p) (i32.const -4))))))
(assert_return (invoke "below" (i32.const 0)) (i32.const 7))

;; A memory that begins with less never has the last page.
(module
  (memory 0)
  (func (export "grow") (param i32) (result i32)
    (memory.grow (local.get 0))))
(assert_return (invoke "grow" (i32.const 65536)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 65535)) (i32.const 0))
(assert_return (invoke "grow" (i32.const 1)) (i32.const -1))

;; Loops that end when the counter, once increased, is a number.
(module
  (func (export "rounds") (param $i i32) (result i32) (local $rounds i32)
    (loop $again
      (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
      (br_if $again (i32.ne
        (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (i32.const 5))))
    (local.get $rounds))
  (func (export "rounds, leaving") (param $i i32) (result i32) (local $rounds i32)
    (block $out
      (loop $again
        (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const -3)))
        (br_if $out (i32.eq (local.get $i) (i32.const 4)))
        (br $again)))
    (local.get $rounds))
  (func (export "rounds, negative") (param $i i32) (result i32) (local $rounds i32)
    (loop $again
      (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
      (br_if $again (i32.ne
        (local.tee $i (i32.add (local.get $i) (i32.const 2)))
        (i32.const -6))))
    (local.get $rounds)))
(assert_return (invoke "rounds" (i32.const 0)) (i32.const 5))
(assert_return (invoke "rounds" (i32.const -2)) (i32.const 7))
(assert_return (invoke "rounds, leaving" (i32.const 10)) (i32.const 2))
(assert_return (invoke "rounds, negative" (i32.const -10)) (i32.const 2))
