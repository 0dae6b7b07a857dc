;; 64-bit addresses are compared with the length; an offset within the guard is
;; not added first. A constant address within the minimum is not compared.
(module
  (memory i64 1)
  (func $load (export "load") (param i64) (result i64) (i64.load offset=8 (local.get 0)))
  (func $far (export "far") (param i64) (result i64)
    (i64.load offset=0x1_0000_0000 (local.get 0)))
  (func $constant (export "constant") (result i64) (i64.load (i64.const 1024)))
  (func $size (export "size") (result i64) (memory.size)))
