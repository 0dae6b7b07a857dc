;; The host that MicroPython's module imports, without any function to call:
;; results may have this many bytes, and every call fails.
(module
  (func (export "host_result_cap") (result i32) i32.const 1024)
  (func (export "host_call") (param i32 i32 i32 i32 i32 i32) (result i32) i32.const -1))
