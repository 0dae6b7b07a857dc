(module
  (func $choose (export "choose") (param i32) (result i32)
    (block $three (block $two (block $one (block $zero
      (br_table $zero $one $two $three (local.get 0)))
      (return (i32.const 100)))
      (return (i32.const 201)))
      (return (i32.const 302)))
    (i32.const 403)))
