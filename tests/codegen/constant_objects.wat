;; Constant objects are part of the executable: their addresses are constants, the reference is
;; known not to be null and of its type, and nothing makes them at the start.
(module
  (type $text (array i8))
  (type $entry (struct (field $name (ref $text)) (field $count (mut i32))))
  (global $entry (ref $entry) (struct.new $entry
    (array.new_fixed $text 2 (i32.const 104) (i32.const 105)) (i32.const 7)))
  (global $any anyref (global.get $entry))
  (func (export "count") (result i32)
    (struct.set $entry $count (global.get $entry)
      (i32.add (struct.get $entry $count (global.get $entry)) (i32.const 1)))
    (struct.get $entry $count (ref.cast (ref $entry) (global.get $any))))
  (func (export "letter") (param i32) (result i32)
    (array.get_u $text (struct.get $entry $name (global.get $entry)) (local.get 0))))
