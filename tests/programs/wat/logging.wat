;; Logs nothing: for components that import this interface, which no command has.
(component
  (core module $main
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "log") (param i32 i32 i32 i32 i32)))
  (core instance $main (instantiate $main))
  (type $level' (enum "trace" "debug" "info" "warn" "error" "critical"))
  (func $log (param "level" $level') (param "context" string) (param "message" string)
    (canon lift (core func $main "log")
      (memory (core memory $main "memory")) (realloc (core func $main "realloc"))))
  (component $logging
    (type $level' (enum "trace" "debug" "info" "warn" "error" "critical"))
    (import "level" (type $level (eq $level')))
    (import "log" (func $log (param "level" $level) (param "context" string) (param "message" string)))
    (export $exported "level" (type $level))
    (export "log" (func $log)
      (func (param "level" $exported) (param "context" string) (param "message" string))))
  (instance $logging (instantiate $logging (with "level" (type $level')) (with "log" (func $log))))
  (export "wasi:logging/logging" (instance $logging)))
