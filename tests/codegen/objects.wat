;; An object is made without a call, and a reference to it is its address: no access is checked
;; for null, and a cast compares one number. An object that may be old gets a card.
(module
  (type $pair (sub (struct (field $first (mut i32)) (field $next (mut (ref null $pair))))))
  (type $triple (sub final $pair (struct (field $first (mut i32)) (field $next (mut (ref null $pair))) (field f64))))
  (func (export "make") (param i32 (ref null $pair)) (result (ref $pair))
    (struct.new $pair (local.get 0) (local.get 1)))
  (func (export "link") (param (ref null $pair) (ref null $pair))
    (struct.set $pair $next (local.get 0) (local.get 1)))
  (func (export "cast") (param structref) (result f64)
    (f64.add (struct.get $triple 2 (ref.cast (ref $triple) (local.get 0)))
      (struct.get $triple 2 (ref.cast (ref $triple) (local.get 0))))))
