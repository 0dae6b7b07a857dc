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
       0: cmp w2, #1
       4: b.ne #0x10
       8: add w2, w3, #1
       c: ret 
      10: adrp x11, #0  ; Symbol(Table(0))
      14: add x11, x11, #0  ; Symbol(Table(0))
      18: ldr x12, [x11, #8]
      1c: mov w13, w2
      20: cmp x13, x12
      24: b.hs #0x40
      28: ldr x13, [x11]
      2c: ldr x13, [x13, w2, uxtw #3]
      30: ldr w13, [x13]  ; trap UninitializedElement
      34: cmp w13, #1
      38: b.ne #0x44
      3c: udf #0xc11f  ; trap IndirectCallTypeMismatch
      40: udf #0xc11f  ; trap UndefinedElement
      44: udf #0xc11f  ; trap IndirectCallTypeMismatch

;; function 5
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: adrp x11, #0  ; Symbol(Table(0))
       c: add x11, x11, #0  ; Symbol(Table(0))
      10: ldr x12, [x11, #8]
      14: mov w13, w2
      18: cmp x13, x12
      1c: b.hs #0x4c
      20: ldr x13, [x11]
      24: ldr x13, [x13, w2, uxtw #3]
      28: ldr w14, [x13]  ; trap UninitializedElement
      2c: cmp w14, #2
      30: b.ne #0x50
      34: add x15, x13, #0x10
      38: mov x2, x3
      3c: mov x3, x4
      40: blr x15
      44: ldp x29, x30, [sp], #0x10
      48: ret 
      4c: udf #0xc11f  ; trap UndefinedElement
      50: udf #0xc11f  ; trap IndirectCallTypeMismatch

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

