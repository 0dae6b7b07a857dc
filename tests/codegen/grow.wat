;; Memory and table size change only in calls of the runtime.
(module
  (memory 1 10)
  (table 1 externref)
  (func $grow (export "grow") (param i32) (result i32)
    (i32.add (memory.grow (local.get 0)) (memory.size)))
  (func $copy (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func $get (export "get") (param i32) (result externref) (table.get (local.get 0)))
  (func $grow_table (export "grow_table") (param externref i32) (result i32)
    (table.grow (local.get 0) (local.get 1))))
