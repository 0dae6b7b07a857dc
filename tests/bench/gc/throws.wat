;; throws: exceptions that carry objects through recursive calls, half of which catch, look and throw again
(module
  (rec (type $trace (struct (field $depth i32) (field $before (ref null $trace)))))
  (tag $failed (param (ref $trace) i32))

  (func $descend (param $depth i32) (param $code i32) (result i32)
    (local $trace (ref $trace)) (local $caught i32)
    (if (i32.eqz (local.get $depth))
      (then
        (if (i32.and (local.get $code) (i32.const 1))
          (then (throw $failed (struct.new $trace (i32.const 0) (ref.null $trace)) (local.get $code))))
        (return (local.get $code))))
    (if (i32.and (local.get $depth) (i32.const 1))
      (then (return (i32.add (call $descend (i32.sub (local.get $depth) (i32.const 1)) (local.get $code)) (i32.const 1)))))
    (block $handler (result (ref $trace) i32)
      (return (try_table (result i32) (catch $failed $handler)
        (i32.add (call $descend (i32.sub (local.get $depth) (i32.const 1)) (local.get $code)) (i32.const 1)))))
    (local.set $caught)
    (local.set $trace)
    (throw $failed (struct.new $trace (local.get $depth) (local.get $trace)) (i32.add (local.get $caught) (local.get $depth))))

  (func $length (param $t (ref null $trace)) (result i32)
    (local $sum i32)
    (loop $next
      (if (ref.is_null (local.get $t)) (then (return (local.get $sum))))
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (struct.get $trace $depth (local.get $t))))
      (local.set $t (struct.get $trace $before (local.get $t)))
      (br $next))
    (unreachable))

  (func (export "run") (param $count i32) (result i32)
    (local $sum i32) (local $t (ref $trace)) (local $code i32)
    (loop $next
      (block $done
        (block $handler (result (ref $trace) i32)
          (local.set $sum (i32.add (local.get $sum)
            (try_table (result i32) (catch $failed $handler)
              (call $descend (i32.and (local.get $count) (i32.const 15)) (local.get $count)))))
          (br $done))
        (local.set $code)
        (local.set $t)
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 5)) (i32.add (local.get $code) (call $length (local.get $t))))))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $sum))
)
