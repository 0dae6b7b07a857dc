;; The program of which Python is a part: all it does is in native code.
(module
  (import "session" "main" (func $main (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "_start") (call $exit (call $main))))
