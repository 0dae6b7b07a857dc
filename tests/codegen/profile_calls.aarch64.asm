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
       0: add w2, w2, #2
       4: adrp x6, #0  ; Symbol(Global(0))
       8: add x6, x6, #0  ; Symbol(Global(0))
       c: ldr x6, [x6]
      10: adrp x7, #0  ; Symbol(Function(0)) -16
      14: add x7, x7, #0  ; Symbol(Function(0)) -16
      18: cmp x6, x7
      1c: b.ne #0x24
      20: b #0x20  ; Symbol(Function(0))
      24: cbz x6, #0x30
      28: add x1, x6, #0x10
      2c: br x1
      30: udf #0xc11f  ; trap NullReference

;; function 4 `on_through_table`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: add w12, w2, #3
       c: mov x14, x12
      10: cmp w2, #0
      14: cset x13, lt
      18: uxtb w13, w13
      1c: mov w0, w13
      20: cmp x0, #2
      24: b.hs #0x78
      28: adrp x15, #0  ; Symbol(TableElements(0))
      2c: add x15, x15, #0  ; Symbol(TableElements(0))
      30: ldr x0, [x15, w13, uxtw #3]
      34: adrp x15, #0  ; Symbol(Function(0)) -16
      38: add x15, x15, #0  ; Symbol(Function(0)) -16
      3c: cmp x0, x15
      40: b.ne #0x50
      44: mov x2, x14
      48: ldp x29, x30, [sp], #0x10
      4c: b #0x4c  ; Symbol(Function(0))
      50: ldr w1, [x0]  ; trap UninitializedElement
      54: cmp w1, #1
      58: b.ne #0x6c
      5c: add x1, x0, #0x10
      60: mov x2, x14
      64: ldp x29, x30, [sp], #0x10
      68: br x1
      6c: mov w1, #1
      70: bl #0x70  ; Symbol(Runtime(TypeMismatch))
      74: udf #0xc11f  ; trap IndirectCallTypeMismatch
      78: mov x1, #2
      7c: bl #0x7c  ; Symbol(Runtime(UndefinedElement))
      80: udf #0xc11f  ; trap UndefinedElement

;; function 1 `negate`
       0: mov w3, #0
       4: sub w2, w3, w2
       8: ret 

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

