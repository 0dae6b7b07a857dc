; Swapping two elements twice gives the array back: unsatisfiable otherwise.
(set-logic QF_ABV)
(declare-const a (Array (_ BitVec 8) (_ BitVec 16)))
(declare-const i (_ BitVec 8))
(declare-const j (_ BitVec 8))
(define-fun once () (Array (_ BitVec 8) (_ BitVec 16)) (store (store a i (select a j)) j (select a i)))
(define-fun twice () (Array (_ BitVec 8) (_ BitVec 16)) (store (store once i (select once j)) j (select once i)))
(assert (not (= a twice)))
(check-sat)
