;; A mutable global is a cell of its own; an immutable one is a constant.
(module
  (global $count (mut i32) (i32.const 0))
  (global $limit i32 (i32.const 1000))
  (func $next (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (global.get $limit)))
    (global.get $count)))
