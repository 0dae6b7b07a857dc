;; Functions that only call others through a table, as toolchains make them where imports go in
;; a circle: they are replaced by what they call, where nobody can tell.

;; A caller, made before the instance that it calls.
(component
  (core module $shim
    (table (export "table") 2 2 funcref)
    (type $twice (func (param i32) (result i32)))
    (type $both (func (param i32 i64) (result i64)))
    (func (export "0") (type $twice)
      (call_indirect (type $twice) (local.get 0) (i32.const 0)))
    (func (export "1") (type $both)
      (call_indirect (type $both) (local.get 0) (local.get 1) (i32.const 1))))
  (core module $caller
    (import "later" "twice" (func $twice (param i32) (result i32)))
    (import "later" "both" (func $both (param i32 i64) (result i64)))
    (memory (export "memory") 1)
    (data (i32.const 4) "\07")
    (table funcref (elem $twice))
    (func (export "run") (param i32) (result i64)
      (call $both (call $twice (local.get 0)) (i64.const 100)))
    (func (export "by table") (param i32) (result i32)
      (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))
  (core module $callee
    (import "caller" "memory" (memory 1))
    (func (export "twice") (param i32) (result i32)
      (i32.add (i32.mul (local.get 0) (i32.const 2)) (i32.load8_u (i32.const 4))))
    (func (export "both") (param i32 i64) (result i64)
      (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1))))
  (core module $fill
    (import "shim" "table" (table 2 2 funcref))
    (import "callee" "both" (func $both (param i32 i64) (result i64)))
    (import "callee" "twice" (func $twice (param i32) (result i32)))
    (elem (i32.const 0) $twice $both))
  (core instance $shim (instantiate $shim))
  (core instance $caller (instantiate $caller
    (with "later" (instance
      (export "twice" (func $shim "0"))
      (export "both" (func $shim "1"))))))
  (core instance $callee (instantiate $callee (with "caller" (instance $caller))))
  (core instance (instantiate $fill
    (with "shim" (instance $shim)) (with "callee" (instance $callee))))
  (func (export "run") (param "number" u32) (result u64)
    (canon lift (core func $caller "run")))
  (func (export "by-table") (param "number" u32) (result u32)
    (canon lift (core func $caller "by table"))))

(assert_return (invoke "run" (u32.const 5)) (u64.const 117))
(assert_return (invoke "by-table" (u32.const 1)) (u32.const 9))

;; A function whose type is not that of what it calls.
(component
  (core module $shim
    (table (export "table") 1 1 funcref)
    (func (export "0") (result i32) (call_indirect (result i32) (i32.const 0))))
  (core module $callee (func (export "f") (result i64) (i64.const 1)))
  (core module $fill
    (import "" "table" (table 1 1 funcref))
    (import "" "f" (func (result i64)))
    (elem (i32.const 0) 0))
  (core instance $shim (instantiate $shim))
  (core instance $callee (instantiate $callee))
  (core instance (instantiate $fill
    (with "" (instance (export "table" (table $shim "table")) (export "f" (func $callee "f"))))))
  (func (export "f") (result u32) (canon lift (core func $shim "0"))))

(assert_trap (invoke "f") "indirect call type mismatch")

;; A start function that calls before the table is filled, through the caller's own table.
(component $early
  (core module $shim
    (table (export "table") 1 1 funcref)
    (func (export "0") (call_indirect (i32.const 0))))
  (core module $callee (func (export "f")))
  (core module $caller
    (import "" "f" (func $f))
    (table funcref (elem $f))
    (func $start (call_indirect (i32.const 0)))
    (start $start))
  (core module $fill
    (import "" "table" (table 1 1 funcref))
    (import "" "f" (func))
    (elem (i32.const 0) 0))
  (core instance $shim (instantiate $shim))
  (core instance $callee (instantiate $callee))
  (core instance (instantiate $caller (with "" (instance (export "f" (func $shim "0"))))))
  (core instance (instantiate $fill
    (with "" (instance (export "table" (table $shim "table")) (export "f" (func $callee "f"))))))
  (func (export "f") (canon lift (core func $callee "f"))))

(assert_trap (invoke "f") "uninitialized element")

;; A table that is filled beyond its end.
(component
  (core module $shim
    (table (export "table") 1 1 funcref)
    (func (export "0") (call_indirect (i32.const 0))))
  (core module $callee (func (export "f")))
  (core module $fill
    (import "" "table" (table 1 1 funcref))
    (import "" "f" (func))
    (elem (i32.const 0) 0)
    (elem (i32.const 1) 0))
  (core instance $shim (instantiate $shim))
  (core instance $callee (instantiate $callee))
  (core instance (instantiate $fill
    (with "" (instance (export "table" (table $shim "table")) (export "f" (func $callee "f"))))))
  (func (export "f") (canon lift (core func $shim "0"))))

(assert_trap (invoke "f") "out of bounds table access")

;; A table that somebody else changes too.
(component
  (core module $shim
    (table (export "table") 1 1 funcref)
    (func (export "0") (result i32) (call_indirect (result i32) (i32.const 0))))
  (core module $callee (func (export "f") (result i32) (i32.const 1)))
  (core module $fill
    (import "" "table" (table 1 1 funcref))
    (import "" "f" (func (result i32)))
    (elem (i32.const 0) 0))
  (core module $change
    (import "" "table" (table 1 1 funcref))
    (elem declare func $other)
    (func $other (result i32) (i32.const 2))
    (func (export "f") (table.set (i32.const 0) (ref.func $other))))
  (core instance $shim (instantiate $shim))
  (core instance $callee (instantiate $callee))
  (core instance (instantiate $fill
    (with "" (instance (export "table" (table $shim "table")) (export "f" (func $callee "f"))))))
  (core instance $change (instantiate $change
    (with "" (instance (export "table" (table $shim "table"))))))
  (core module $both
    (import "" "change" (func $change))
    (import "" "f" (func $f (result i32)))
    (func (export "f") (result i32) (call $change) (call $f)))
  (core instance $both (instantiate $both
    (with "" (instance (export "change" (func $change "f")) (export "f" (func $shim "0"))))))
  (func (export "f") (result u32) (canon lift (core func $both "f"))))

(assert_return (invoke "f") (u32.const 2))
