;; function 0 `increment`
       0: add w2, w2, #1
       4: ret 

;; function 1 `decrement`
       0: sub w2, w2, #1
       4: ret 

;; function 2 `apply`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov w0, w2
       c: cmp x0, #4
      10: b.hs #0x4c
      14: adrp x12, #0  ; Symbol(TableElements(0))
      18: add x12, x12, #0  ; Symbol(TableElements(0))
      1c: ldr x0, [x12, w2, uxtw #3]
      20: ldr w12, [x0]  ; trap UninitializedElement
      24: cmp w12, #1
      28: b.ne #0x40
      2c: add x14, x0, #0x10
      30: mov x2, x3
      34: blr x14
      38: ldp x29, x30, [sp], #0x10
      3c: ret 
      40: mov w1, #1
      44: bl #0x44  ; Symbol(Runtime(TypeMismatch))
      48: udf #0xc11f  ; trap IndirectCallTypeMismatch
      4c: mov x1, #4
      50: bl #0x50  ; Symbol(Runtime(UndefinedElement))
      54: udf #0xc11f  ; trap UndefinedElement

;; function 3 `set`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x7, #0
       c: mov w0, w2
      10: cmp x0, #4
      14: b.hs #0x2c
      18: adrp x9, #0  ; Symbol(TableElements(0))
      1c: add x9, x9, #0  ; Symbol(TableElements(0))
      20: str x7, [x9, w2, uxtw #3]
      24: ldp x29, x30, [sp], #0x10
      28: ret 
      2c: mov x2, #4
      30: mov x1, #1
      34: mov w3, #2
      38: bl #0x38  ; Symbol(Runtime(OutOfBounds))
      3c: udf #0xc11f  ; trap TableOutOfBounds

;; export of function 2 `apply`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(2))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: mov x0, x2
      34: add sp, sp, #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

;; export of function 3 `set`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x4, x21
      10: stur x4, [sp]
      14: mov x5, #0x10000000
      18: mov x21, x5
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(3))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

