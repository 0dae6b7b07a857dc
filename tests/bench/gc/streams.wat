;; streams: lazy lists whose rests are closures that are called once, a sieve made of them
(module
  (rec
    (type $force (func (param (ref $rest)) (result (ref $cell))))
    (type $rest (sub (struct (field $code (mut (ref null $force))) (field $value (mut (ref null $cell))))))
    (type $from (sub final $rest (struct (field $code (mut (ref null $force))) (field $value (mut (ref null $cell))) (field $next i32))))
    (type $filter (sub final $rest (struct (field $code (mut (ref null $force))) (field $value (mut (ref null $cell)))
      (field $prime i32) (field $source (ref $rest)))))
    (type $cell (struct (field $head i32) (field $rest (ref $rest)))))
  (elem declare func $count $strain)

  (func $get (param $r (ref $rest)) (result (ref $cell))
    (local $made (ref $cell))
    (block $known (result (ref $cell))
      (br_on_non_null $known (struct.get $rest $value (local.get $r)))
      (local.set $made (call_ref $force (local.get $r) (struct.get $rest $code (local.get $r))))
      (struct.set $rest $value (local.get $r) (local.get $made))
      (struct.set $rest $code (local.get $r) (ref.null $force))
      (local.get $made)))

  (func $count (type $force)
    (local $i i32)
    (local.set $i (struct.get $from $next (ref.cast (ref $from) (local.get 0))))
    (struct.new $cell (local.get $i) (call $numbers (i32.add (local.get $i) (i32.const 1)))))

  (func $numbers (param $from i32) (result (ref $rest))
    (struct.new $from (ref.func $count) (ref.null $cell) (local.get $from)))

  (func $strain (type $force)
    (local $f (ref $filter)) (local $c (ref $cell)) (local $prime i32)
    (local.set $f (ref.cast (ref $filter) (local.get 0)))
    (local.set $prime (struct.get $filter $prime (local.get $f)))
    (local.set $c (call $get (struct.get $filter $source (local.get $f))))
    (loop $skip
      (if (i32.eqz (i32.rem_u (struct.get $cell $head (local.get $c)) (local.get $prime)))
        (then (local.set $c (call $get (struct.get $cell $rest (local.get $c)))) (br $skip))))
    (struct.new $cell (struct.get $cell $head (local.get $c)) (call $without (local.get $prime) (struct.get $cell $rest (local.get $c)))))

  (func $without (param $prime i32) (param $source (ref $rest)) (result (ref $rest))
    (struct.new $filter (ref.func $strain) (ref.null $cell) (local.get $prime) (local.get $source)))

  (func (export "run") (param $primes i32) (result i32)
    (local $r (ref $rest)) (local $c (ref $cell)) (local $sum i32)
    (local.set $r (call $numbers (i32.const 2)))
    (loop $next
      (local.set $c (call $get (local.get $r)))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (struct.get $cell $head (local.get $c))))
      (local.set $r (call $without (struct.get $cell $head (local.get $c)) (struct.get $cell $rest (local.get $c))))
      (br_if $next (local.tee $primes (i32.sub (local.get $primes) (i32.const 1)))))
    (local.get $sum))
)
