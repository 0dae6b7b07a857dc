;; Does one thing with paths below the first preopened folder and prints `ok`,
;; the file's text, or `errno N`:
;;
;;   read PATH           write PATH TEXT     stat PATH           list PATH
;;   mkdir PATH          rmdir PATH          unlink PATH         target PATH
;;   rename PATH PATH    link PATH PATH      symlink TEXT PATH
;;
;; `list` prints the number of entries, `stat` the type's number and the size,
;; `target` where a symbolic link points.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $path_remove_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink_file (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 0: results of calls, 64: an iovec, 128: a stat, 256: numbers, 1024: the
  ;; arguments' addresses, 2048: the arguments, 8192: what files hold.
  (memory (export "memory") 1)
  (data (i32.const 512) "ok\n")
  (data (i32.const 516) "errno ")
  (data (i32.const 524) "\n")
  (data (i32.const 525) " ")
  (global $folder i32 (i32.const 3))
  (global $path (mut i32) (i32.const 0))
  (global $path_length (mut i32) (i32.const 0))
  (global $second (mut i32) (i32.const 0))
  (global $second_length (mut i32) (i32.const 0))

  (func $length (param $text i32) (result i32)
    (local $end i32)
    (local.set $end (local.get $text))
    (loop $next
      (if (i32.load8_u (local.get $end))
        (then
          (local.set $end (i32.add (local.get $end) (i32.const 1)))
          (br $next))))
    (i32.sub (local.get $end) (local.get $text)))

  (func $print (param $text i32) (param $length i32)
    (call $buffer (local.get $text) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 0))))

  (func $buffer (param $address i32) (param $length i32)
    (i32.store (i32.const 64) (local.get $address))
    (i32.store (i32.const 68) (local.get $length)))

  (func $print_number (param $number i32)
    (local $digit i32)
    (local.set $digit (i32.const 280))
    (loop $next
      (local.set $digit (i32.sub (local.get $digit) (i32.const 1)))
      (i32.store8 (local.get $digit)
        (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10))))
      (local.set $number (i32.div_u (local.get $number) (i32.const 10)))
      (br_if $next (local.get $number)))
    (call $print (local.get $digit) (i32.sub (i32.const 280) (local.get $digit))))

  ;; Ends the program with a message if this is an error.
  (func $check (param $errno i32)
    (if (local.get $errno)
      (then
        (call $print (i32.const 516) (i32.const 6))
        (call $print_number (local.get $errno))
        (call $print (i32.const 524) (i32.const 1))
        (call $proc_exit (i32.const 1)))))

  (func $open (param $flags i32) (param $rights i64) (result i32)
    (call $check (call $path_open (global.get $folder) (i32.const 1)
      (global.get $path) (global.get $path_length)
      (local.get $flags) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 0)))
    (i32.load (i32.const 0)))

  (func $read
    (local $file i32)
    (local.set $file (call $open (i32.const 0) (i64.const 2)))
    (call $buffer (i32.const 8192) (i32.const 4096))
    (call $check (call $fd_read (local.get $file) (i32.const 64) (i32.const 1) (i32.const 0)))
    (call $print (i32.const 8192) (i32.load (i32.const 0))))

  (func $write
    (local $file i32)
    ;; Create and truncate.
    (local.set $file (call $open (i32.const 9) (i64.const 64)))
    (call $buffer (global.get $second) (global.get $second_length))
    (call $check (call $fd_write (local.get $file) (i32.const 64) (i32.const 1) (i32.const 0)))
    (call $check (call $fd_close (local.get $file))))

  (func $stat
    (call $check (call $path_filestat_get (global.get $folder) (i32.const 0)
      (global.get $path) (global.get $path_length) (i32.const 128)))
    (call $print_number (i32.load8_u (i32.const 144)))
    (call $print (i32.const 525) (i32.const 1))
    (call $print_number (i32.load (i32.const 160)))
    (call $print (i32.const 524) (i32.const 1)))

  (func $list
    (local $file i32)
    (local $entry i32)
    (local $count i32)
    (local.set $file (call $open (i32.const 2) (i64.const 0x4000)))
    (call $check (call $fd_readdir (local.get $file)
      (i32.const 8192) (i32.const 4096) (i64.const 0) (i32.const 0)))
    (loop $next
      (if (i32.lt_u (local.get $entry) (i32.load (i32.const 0)))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (local.set $entry (i32.add (local.get $entry)
            (i32.add (i32.const 24) (i32.load (i32.add (i32.const 8208) (local.get $entry))))))
          (br $next))))
    (call $print_number (local.get $count))
    (call $print (i32.const 524) (i32.const 1)))

  (func $target
    (call $check (call $path_readlink (global.get $folder)
      (global.get $path) (global.get $path_length)
      (i32.const 8192) (i32.const 4096) (i32.const 0)))
    (call $print (i32.const 8192) (i32.load (i32.const 0)))
    (call $print (i32.const 524) (i32.const 1)))

  ;; Whether the first argument begins with these four letters.
  (func $is (param $letters i32) (result i32)
    (i32.eq (i32.load (i32.load (i32.const 1028))) (local.get $letters)))

  (func (export "_start")
    (call $check (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (call $check (call $args_get (i32.const 1024) (i32.const 2048)))
    (global.set $path (i32.load (i32.const 1032)))
    (global.set $path_length (call $length (global.get $path)))
    (if (i32.eq (i32.load (i32.const 0)) (i32.const 4))
      (then
        (global.set $second (i32.load (i32.const 1036)))
        (global.set $second_length (call $length (global.get $second)))))
    (if (call $is (i32.const 0x64616572)) (then (call $read) (return)))
    (if (call $is (i32.const 0x74617473)) (then (call $stat) (return)))
    (if (call $is (i32.const 0x7473696c)) (then (call $list) (return)))
    (if (call $is (i32.const 0x67726174)) (then (call $target) (return)))
    (if (call $is (i32.const 0x74697277)) (then (call $write)))
    (if (call $is (i32.const 0x69646b6d)) (then
      (call $check (call $path_create_directory (global.get $folder)
        (global.get $path) (global.get $path_length)))))
    (if (call $is (i32.const 0x69646d72)) (then
      (call $check (call $path_remove_directory (global.get $folder)
        (global.get $path) (global.get $path_length)))))
    (if (call $is (i32.const 0x696c6e75)) (then
      (call $check (call $path_unlink_file (global.get $folder)
        (global.get $path) (global.get $path_length)))))
    (if (call $is (i32.const 0x616e6572)) (then
      (call $check (call $path_rename
        (global.get $folder) (global.get $path) (global.get $path_length)
        (global.get $folder) (global.get $second) (global.get $second_length)))))
    (if (call $is (i32.const 0x6b6e696c)) (then
      (call $check (call $path_link
        (global.get $folder) (i32.const 0) (global.get $path) (global.get $path_length)
        (global.get $folder) (global.get $second) (global.get $second_length)))))
    (if (call $is (i32.const 0x6c6d7973)) (then
      (call $check (call $path_symlink (global.get $path) (global.get $path_length)
        (global.get $folder) (global.get $second) (global.get $second_length)))))
    (call $print (i32.const 512) (i32.const 3))))
