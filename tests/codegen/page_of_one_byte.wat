;; The end of an access is compared with the length.
(module
  (memory 3 (pagesize 1))
  (func $load (export "load") (param i32) (result i32) (i32.load16_u offset=8 (local.get 0))))
