;; options: --disable-pass inline
;; Calls within a module: no context, arguments in registers.
(module
  (func $square (param i64) (result i64) (i64.mul (local.get 0) (local.get 0)))
  (func $recurse (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 0))
      (else (i64.add (call $square (local.get 0))
                     (call $recurse (i64.sub (local.get 0) (i64.const 1)))))))
  (func $main (export "main") (param i64) (result i64) (call $recurse (local.get 0))))
