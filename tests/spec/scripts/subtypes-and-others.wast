;; Types that need several proposals at once, which are then known to be used: the bodies use what
;; is only in later sections.

(module
  (type $pair (sub (func (result i64 i64))))
  (memory $first 1)
  (memory $second 1)
  (data (memory $second) (i32.const 8) "\2a")
  (func $both (type $pair) (i64.load $first (i32.const 8)) (i64.load $second (i32.const 8)))
  (func (export "both") (result i64 i64) (call $both)))

(assert_return (invoke "both") (i64.const 0) (i64.const 42))

;; Memory 0 with its index written out: the flags of i32.load are 0x42.
(module binary
  "\00asm\01\00\00\00"
  "\01\05\01\60\00\01\7f"
  "\03\02\01\00"
  "\05\03\01\00\01"
  "\07\08\01\04load\00\00"
  "\0a\0a\01\08\00\41\00\28\42\00\00\0b"
  "\0b\07\01\00\41\00\0b\01\07")

(assert_return (invoke "load") (i32.const 7))
