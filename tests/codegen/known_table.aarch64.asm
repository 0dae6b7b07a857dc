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
       c: b.eq #0x48
      10: adrp x13, #0  ; Symbol(Table(0))
      14: add x13, x13, #0  ; Symbol(Table(0))
      18: ldr x1, [x13, #8]
      1c: mov w0, w2
      20: cmp x0, x1
      24: b.hs #0x60
      28: adrp x15, #0  ; Symbol(Table(0))
      2c: add x15, x15, #0  ; Symbol(Table(0))
      30: ldr x15, [x15]
      34: ldr x0, [x15, w2, uxtw #3]
      38: ldr w15, [x0]  ; trap UninitializedElement
      3c: cmp w15, #1
      40: b.eq #0x68
      44: b #0x54
      48: add w2, w3, #1
      4c: ldp x29, x30, [sp], #0x10
      50: ret 
      54: mov w1, #1
      58: bl #0x58  ; Symbol(Runtime(TypeMismatch))
      5c: udf #0xc11f  ; trap IndirectCallTypeMismatch
      60: bl #0x60  ; Symbol(Runtime(UndefinedElement))
      64: udf #0xc11f  ; trap UndefinedElement
      68: udf #0xc11f  ; trap IndirectCallTypeMismatch

;; function 5
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: adrp x13, #0  ; Symbol(Table(0))
       c: add x13, x13, #0  ; Symbol(Table(0))
      10: ldr x1, [x13, #8]
      14: mov w0, w2
      18: cmp x0, x1
      1c: b.hs #0x60
      20: adrp x15, #0  ; Symbol(Table(0))
      24: add x15, x15, #0  ; Symbol(Table(0))
      28: ldr x15, [x15]
      2c: ldr x0, [x15, w2, uxtw #3]
      30: ldr w15, [x0]  ; trap UninitializedElement
      34: cmp w15, #2
      38: b.ne #0x54
      3c: add x0, x0, #0x10
      40: mov x2, x3
      44: mov x3, x4
      48: blr x0
      4c: ldp x29, x30, [sp], #0x10
      50: ret 
      54: mov w1, #2
      58: bl #0x58  ; Symbol(Runtime(TypeMismatch))
      5c: udf #0xc11f  ; trap IndirectCallTypeMismatch
      60: bl #0x60  ; Symbol(Runtime(UndefinedElement))
      64: udf #0xc11f  ; trap UndefinedElement

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

