;; function 0 `increment`
       0: add w2, w2, #1
       4: ret 

;; function 1 `add`
       0: add w2, w2, w3
       4: ret 

;; function 2 `subtract`
       0: sub w2, w2, w3
       4: ret 

;; function 3 `multiply`
       0: mul w2, w2, w3
       4: ret 

;; function 4
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: cmp w2, #1
       c: b.ne #0x1c
      10: add w2, w3, #1
      14: ldp x29, x30, [sp], #0x10
      18: ret 
      1c: mov w0, w2
      20: adrp x15, #0  ; Symbol(Table(0))
      24: add x15, x15, #0  ; Symbol(Table(0))
      28: ldr x15, [x15, #8]
      2c: cmp x0, x15
      30: b.hs #0x60
      34: adrp x0, #0  ; Symbol(Table(0))
      38: add x0, x0, #0  ; Symbol(Table(0))
      3c: ldr x0, [x0]
      40: ldr x0, [x0, w2, uxtw #3]
      44: ldr w1, [x0]  ; trap UninitializedElement
      48: cmp w1, #1
      4c: b.ne #0x54
      50: udf #0xc11f  ; trap IndirectCallTypeMismatch
      54: mov w1, #1
      58: bl #0x58  ; Symbol(Runtime(TypeMismatch))
      5c: udf #0xc11f  ; trap IndirectCallTypeMismatch
      60: adrp x1, #0  ; Symbol(Table(0))
      64: add x1, x1, #0  ; Symbol(Table(0))
      68: ldr x1, [x1, #8]
      6c: bl #0x6c  ; Symbol(Runtime(UndefinedElement))
      70: udf #0xc11f  ; trap UndefinedElement

;; function 5
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x0, x3
       c: mov x3, x4
      10: mov x4, x0
      14: mov w0, w2
      18: sub x1, x0, #2
      1c: cmp x1, #3
      20: b.hs #0x48
      24: adrp x0, #0  ; Symbol(Table(0))
      28: add x0, x0, #0  ; Symbol(Table(0))
      2c: ldr x0, [x0]
      30: ldr x0, [x0, w2, uxtw #3]
      34: add x0, x0, #0x10
      38: mov x2, x4
      3c: blr x0
      40: ldp x29, x30, [sp], #0x10
      44: ret 
      48: adrp x1, #0  ; Symbol(Table(0))
      4c: add x1, x1, #0  ; Symbol(Table(0))
      50: ldr x1, [x1, #8]
      54: cmp x0, x1
      58: b.hs #0x88
      5c: adrp x0, #0  ; Symbol(Table(0))
      60: add x0, x0, #0  ; Symbol(Table(0))
      64: ldr x0, [x0]
      68: ldr x0, [x0, w2, uxtw #3]
      6c: ldr w1, [x0]  ; trap UninitializedElement
      70: cmp w1, #2
      74: b.ne #0x7c
      78: udf #0xc11f  ; trap IndirectCallTypeMismatch
      7c: mov w1, #2
      80: bl #0x80  ; Symbol(Runtime(TypeMismatch))
      84: udf #0xc11f  ; trap IndirectCallTypeMismatch
      88: adrp x1, #0  ; Symbol(Table(0))
      8c: add x1, x1, #0  ; Symbol(Table(0))
      90: ldr x1, [x1, #8]
      94: bl #0x94  ; Symbol(Runtime(UndefinedElement))
      98: udf #0xc11f  ; trap UndefinedElement

;; export of function 4
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(4))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: mov x0, x2
      34: add sp, sp, #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

;; export of function 5
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x7, x21
      10: stur x7, [sp]
      14: mov x8, #0x10000000
      18: mov x21, x8
      1c: mov x4, x2
      20: mov x3, x1
      24: mov x2, x0
      28: bl #0x28  ; Symbol(Function(5))
      2c: ldur x9, [sp]
      30: mov x21, x9
      34: mov x0, x2
      38: add sp, sp, #0x10
      3c: ldp x29, x30, [sp], #0x10
      40: ret 

