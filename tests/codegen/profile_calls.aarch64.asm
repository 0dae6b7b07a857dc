;; function 5
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x27, [sp, #-0x10]!
       c: stp x22, x23, [sp, #-0x10]!
      10: stp x19, x20, [sp, #-0x10]!
      14: adrp x19, #0  ; Symbol(Global(0))
      18: add x19, x19, #0  ; Symbol(Global(0))
      1c: adrp x20, #0  ; Symbol(Function(0)) -16
      20: add x20, x20, #0  ; Symbol(Function(0)) -16
      24: ldr x0, [x19]
      28: cmp x0, x20
      2c: b.ne #0x88
      30: mov x27, x2
      34: add w2, w27, #1
      38: bl #0x38  ; Symbol(Function(0))
      3c: mov x22, x2
      40: mov x2, x27
      44: bl #0x44  ; Symbol(Function(3))
      48: mov x23, x2
      4c: mov x2, x27
      50: bl #0x50  ; Symbol(Function(4))
      54: sub w27, w27, #1
      58: cbz w27, #0x64
      5c: mov x2, x27
      60: b #0x24
      64: mov x0, x23
      68: add w0, w0, w2
      6c: mov x2, x22
      70: add w2, w2, w0
      74: ldp x19, x20, [sp], #0x10
      78: ldp x22, x23, [sp], #0x10
      7c: ldr x27, [sp], #0x10
      80: ldp x29, x30, [sp], #0x10
      84: ret 
      88: cbz x0, #0xa4
      8c: add x0, x0, #0x10
      90: mov x27, x2
      94: add w2, w27, #1
      98: blr x0
      9c: mov x22, x2
      a0: b #0x40
      a4: udf #0xc11f  ; trap NullReference

;; function 0 `mix`
       0: mov w3, #0x5555
       4: eor w2, w2, w3
       8: ret 

;; function 3 `on_through_reference`
       0: adrp x7, #0  ; Symbol(Global(0))
       4: add x7, x7, #0  ; Symbol(Global(0))
       8: ldr x7, [x7]
       c: adrp x8, #0  ; Symbol(Function(0)) -16
      10: add x8, x8, #0  ; Symbol(Function(0)) -16
      14: cmp x7, x8
      18: b.ne #0x24
      1c: add w2, w2, #2
      20: b #0x20  ; Symbol(Function(0))
      24: cbz x7, #0x34
      28: add x1, x7, #0x10
      2c: add w2, w2, #2
      30: br x1
      34: udf #0xc11f  ; trap NullReference

;; function 4 `on_through_table`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: cmp w2, #0
       c: cset x13, lt
      10: uxtb w0, w13
      14: cmp x0, #2
      18: b.hs #0x6c
      1c: adrp x15, #0  ; Symbol(TableElements(0))
      20: add x15, x15, #0  ; Symbol(TableElements(0))
      24: ldr x0, [x15, x0, lsl #3]
      28: adrp x15, #0  ; Symbol(Function(0)) -16
      2c: add x15, x15, #0  ; Symbol(Function(0)) -16
      30: cmp x0, x15
      34: b.ne #0x44
      38: add w2, w2, #3
      3c: ldp x29, x30, [sp], #0x10
      40: b #0x40  ; Symbol(Function(0))
      44: ldr w1, [x0]  ; trap UninitializedElement
      48: cmp w1, #1
      4c: b.ne #0x60
      50: add x1, x0, #0x10
      54: add w2, w2, #3
      58: ldp x29, x30, [sp], #0x10
      5c: br x1
      60: mov w1, #1
      64: bl #0x64  ; Symbol(Runtime(TypeMismatch))
      68: udf #0xc11f  ; trap IndirectCallTypeMismatch
      6c: mov x1, #2
      70: bl #0x70  ; Symbol(Runtime(UndefinedElement))
      74: udf #0xc11f  ; trap UndefinedElement

;; function 1 `negate`
       0: neg w2, w2
       4: ret 

;; export of function 5
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(5))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: mov x0, x2
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; initialisation
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x1, x21
      10: stur x1, [sp]
      14: mov x2, #0x10000000
      18: mov x21, x2
      1c: mov x21, x1
      20: add sp, sp, #0x10
      24: ldp x29, x30, [sp], #0x10
      28: ret 

