;; Uses a codec of numcodecs: makes one, and encodes numbers with it, to bytes, or decodes them
;; again too.
(component
  (import "numcodecs:abc/codec@0.1.1" (instance $codec
    (type $data' (variant
      (case "u8" (list u8)) (case "u16" (list u16)) (case "u32" (list u32)) (case "u64" (list u64))
      (case "i8" (list s8)) (case "i16" (list s16)) (case "i32" (list s32)) (case "i64" (list s64))
      (case "f32" (list f32)) (case "f64" (list f64))))
    (export "any-array-data" (type $data (eq $data')))
    (type $array' (record (field "data" $data) (field "shape" (list u32))))
    (export "any-array" (type $array (eq $array')))
    (type $error' (record (field "message" string) (field "chain" (list string))))
    (export "error" (type $error (eq $error')))
    (export "codec" (type $codec (sub resource)))
    (export "[static]codec.from-config"
      (func (param "config" string) (result (result (own $codec) (error $error)))))
    (export "[method]codec.encode"
      (func (param "self" (borrow $codec)) (param "data" $array) (result (result $array (error $error)))))
    (export "[method]codec.decode"
      (func (param "self" (borrow $codec)) (param "encoded" $array)
        (result (result $array (error $error)))))
    (export "[method]codec.get-config"
      (func (param "self" (borrow $codec)) (result (result string (error $error)))))))
  (alias export $codec "codec" (type $resource))
  (core module $libc
    (memory (export "memory") 16)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32)
      (result i32)
      (local $place i32)
      (local.set $place
        (i32.and
          (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
          (i32.sub (i32.const 0) (local.get $align))))
      (global.set $next (i32.add (local.get $place) (local.get $new)))
      (memory.copy (local.get $place) (local.get $old) (local.get $size))
      (local.get $place)))
  (core instance $libc (instantiate $libc))
  (core func $from-config (canon lower (func $codec "[static]codec.from-config")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $encode (canon lower (func $codec "[method]codec.encode")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $decode (canon lower (func $codec "[method]codec.decode")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $get-config (canon lower (func $codec "[method]codec.get-config")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core func $drop (canon resource.drop $resource))
  (core module $main
    (import "libc" "memory" (memory 16))
    (import "codec" "from-config" (func $from-config (param i32 i32 i32)))
    (import "codec" "encode" (func $encode (param i32 i32 i32 i32 i32 i32 i32)))
    (import "codec" "decode" (func $decode (param i32 i32 i32 i32 i32 i32 i32)))
    (import "codec" "get-config" (func $get-config (param i32 i32)))
    (import "codec" "drop" (func $drop (param i32)))
    ;; The size of an element of each case of an array.
    (data (i32.const 32) "\01\02\04\08\01\02\04\08\04\08")
    ;; A result of each function is at 64: its case, and at 68 the value, or the message of the
    ;; error. This puts the list of an array there, as one of elements of a size.
    (func $list (param $size i32) (result i32)
      (if (i32.eqz (i32.load8_u (i32.const 64)))
        (then
          (i32.store (i32.const 76)
            (i32.div_u
              (i32.mul (i32.load (i32.const 76)) (i32.load8_u offset=32 (i32.load8_u (i32.const 68))))
              (local.get $size)))
          (i64.store (i32.const 68) (i64.load (i32.const 72)))))
      (i32.const 64))
    (func (export "config") (param $config i32) (param $length i32) (result i32) (local $codec i32)
      (call $from-config (local.get $config) (local.get $length) (i32.const 64))
      (if (i32.load8_u (i32.const 64)) (then (return (i32.const 64))))
      (local.set $codec (i32.load (i32.const 68)))
      (call $get-config (local.get $codec) (i32.const 64))
      (call $drop (local.get $codec))
      (i32.const 64))
    (func $start (param $config i32) (param $length i32) (param $data i32) (param $count i32)
      (result i32) (local $codec i32)
      (call $from-config (local.get $config) (local.get $length) (i32.const 64))
      (if (i32.load8_u (i32.const 64)) (then (return (i32.const 0))))
      (local.set $codec (i32.load (i32.const 68)))
      (i32.store (i32.const 16) (local.get $count))
      (call $encode (local.get $codec) (i32.const 9) (local.get $data) (local.get $count)
        (i32.const 16) (i32.const 1) (i32.const 64))
      (local.get $codec))
    (func (export "encode") (param i32 i32 i32 i32) (result i32) (local $codec i32)
      (local.set $codec
        (call $start (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
      (if (local.get $codec) (then (call $drop (local.get $codec))))
      (call $list (i32.const 1)))
    (func (export "round-trip") (param i32 i32 i32 i32) (result i32) (local $codec i32)
      (local.set $codec
        (call $start (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
      (if (local.get $codec)
        (then
          (if (i32.eqz (i32.load8_u (i32.const 64)))
            (then
              (call $decode (local.get $codec) (i32.load8_u (i32.const 68)) (i32.load (i32.const 72))
                (i32.load (i32.const 76)) (i32.load (i32.const 80)) (i32.load (i32.const 84))
                (i32.const 64))))
          (call $drop (local.get $codec))))
      (call $list (i32.const 8))))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "codec" (instance
      (export "from-config" (func $from-config))
      (export "encode" (func $encode))
      (export "decode" (func $decode))
      (export "get-config" (func $get-config))
      (export "drop" (func $drop))))))
  (func (export "config") (param "config" string)
    (result (result string (error string)))
    (canon lift (core func $main "config")
      (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (func (export "encode") (param "config" string) (param "numbers" (list f64))
    (result (result (list u8) (error string)))
    (canon lift (core func $main "encode")
      (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (func (export "round-trip") (param "config" string) (param "numbers" (list f64))
    (result (result (list f64) (error string)))
    (canon lift (core func $main "round-trip")
      (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))
