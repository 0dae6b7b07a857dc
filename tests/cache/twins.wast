;; Modules whose functions have the same bytes, but for indices, and other code.

;; An operand is left over when the tag has no parameters.
(module (tag $e) (func (export "f") (i32.const 1) (throw $e)))
(module (tag $e (param i32)) (func (export "f") (i32.const 1) (throw $e)))

;; Likewise of a type.
(module (type $t (func)) (table 1 funcref)
  (func (export "f") (i32.const 1) (i32.const 0) (call_indirect (type $t)) (unreachable)))
(module (type $t (func (param i32))) (table 1 funcref)
  (func (export "f") (i32.const 1) (i32.const 0) (call_indirect (type $t)) (unreachable)))

;; The same type has another number in the program.
(module (type $t (func (param i32))) (type (func (param i64))) (table 1 funcref)
  (func (export "f") (i32.const 1) (i32.const 0) (call_indirect (type $t))))
(module (type (func (param i64))) (type $t (func (param i32))) (table 1 funcref)
  (func (export "f") (i32.const 1) (i32.const 0) (call_indirect (type $t))))

;; Two functions, or one twice; one that is itself, or another.
(module (import "m" "g" (func $g (param i32))) (import "m" "h" (func $h (param i32)))
  (func (export "f") (call $g (i32.const 1)) (call $h (i32.const 2))))
(module (import "m" "g" (func $g (param i32))) (import "m" "h" (func $h (param i32)))
  (func (export "f") (call $g (i32.const 1)) (call $g (i32.const 2))))
(module (func $f (export "f") (param i32) (loop (br_if 0 (local.get 0))) (call $f (i32.const 0))))
(module (func $g (param i32) (loop (br_if 0 (local.get 0))) (call $f (i32.const 0)))
  (func $f (export "f") (param i32) (loop (br_if 0 (local.get 0))) (call $g (i32.const 0))))

;; A reference to the same function, at another index, in a constant.
(module (func $a) (func $b (export "b")) (global $g funcref (ref.func $b))
  (func (export "f") (result funcref) (global.get $g)))
(module (func $b (export "b")) (func $a) (global $g funcref (ref.func $b))
  (func (export "f") (result funcref) (global.get $g)))
(module (func $b (export "b")) (global $g funcref (ref.null func))
  (func (export "f") (result funcref) (global.get $g)))

;; A function that is called, and one that is called in a loop: other calls are
;; replaced in it.
(module (memory 1)
  (func $end (export "end"))
  (func $small (param i32)
    (i64.store (local.get 0) (i64.const 0x1122334455667788))
    (i64.store (local.get 0) (i64.const 0x1122334455667788))
    (i64.store (local.get 0) (i64.const 0x1122334455667788)))
  (func $g (param i32)
    (call $small (local.get 0)) (call $small (local.get 0)) (return_call $end))
  (func (export "f") (call $g (i32.const 0))))
(module (memory 1)
  (func $end (export "end"))
  (func $small (param i32)
    (i64.store (local.get 0) (i64.const 0x1122334455667788))
    (i64.store (local.get 0) (i64.const 0x1122334455667788))
    (i64.store (local.get 0) (i64.const 0x1122334455667788)))
  (func $g (param i32)
    (call $small (local.get 0)) (call $small (local.get 0)) (return_call $end))
  (func (export "f") (loop (call $g (i32.const 0)) (br_if 0 (i32.const 1)))))

;; A test of a reference depends on the operand's type: what may be an `i31` or null is
;; looked at. The bodies are the same; a parameter, a result, a global, a field and a table
;; have other types.
(module
  (type $s (struct (field i32)))
  (type $holder (struct (field anyref)))
  (global $global (mut anyref) (ref.null none))
  (table $table 1 anyref)
  (func $result (export "result") (result anyref) (unreachable))
  (func (export "parameter") (param anyref) (result i32) (ref.test (ref $s) (local.get 0)))
  (func (export "call") (result i32) (ref.test (ref $s) (call $result)))
  (func (export "global") (result i32) (ref.test (ref $s) (global.get $global)))
  (func (export "field") (param (ref $holder)) (result i32)
    (ref.test (ref $s) (struct.get $holder 0 (local.get 0))))
  (func (export "table") (result i32) (ref.test (ref $s) (table.get $table (i32.const 0)))))
(module
  (type $s (struct (field i32)))
  (type $holder (struct (field structref)))
  (global $global (mut structref) (ref.null none))
  (table $table 1 structref)
  (func $result (export "result") (result structref) (unreachable))
  (func (export "parameter") (param structref) (result i32) (ref.test (ref $s) (local.get 0)))
  (func (export "call") (result i32) (ref.test (ref $s) (call $result)))
  (func (export "global") (result i32) (ref.test (ref $s) (global.get $global)))
  (func (export "field") (param (ref $holder)) (result i32)
    (ref.test (ref $s) (struct.get $holder 0 (local.get 0))))
  (func (export "table") (result i32) (ref.test (ref $s) (table.get $table (i32.const 0)))))
(module
  (type $s (struct (field i32)))
  (type $holder (struct (field (ref any))))
  (global $global (mut (ref any)) (ref.i31 (i32.const 0)))
  (table $table 1 (ref any) (ref.i31 (i32.const 0)))
  (func $result (export "result") (result (ref any)) (unreachable))
  (func (export "parameter") (param (ref any)) (result i32) (ref.test (ref $s) (local.get 0)))
  (func (export "call") (result i32) (ref.test (ref $s) (call $result)))
  (func (export "global") (result i32) (ref.test (ref $s) (global.get $global)))
  (func (export "field") (param (ref $holder)) (result i32)
    (ref.test (ref $s) (struct.get $holder 0 (local.get 0))))
  (func (export "table") (result i32) (ref.test (ref $s) (table.get $table (i32.const 0)))))
