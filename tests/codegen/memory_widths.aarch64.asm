;; function 0 `narrow`
       0: mov x3, x21
       4: ldrsb x2, [x3, w2, uxtw]
       8: ret 

;; function 1 `wide`
       0: mov x4, x21
       4: add x4, x4, w2, uxtw
       8: str x3, [x4, #8]
       c: ret 

;; function 2 `float`
       0: mov x3, x21
       4: ldr d0, [x3, w2, uxtw]
       8: ret 

;; function 3 `far`
       0: mov x5, x21
       4: mov x6, #0xfffffff0
       8: add x5, x5, x6
       c: ldr w2, [x5, w2, uxtw]
      10: ret 

;; function 4 `constant`
       0: mov x1, x21
       4: ldr w2, [x1, #0x400]
       8: ret 

;; export of function 0 `narrow`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(0))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: mov x0, x2
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; export of function 1 `wide`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(1))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; export of function 2 `float`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(2))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; export of function 3 `far`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(3))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: mov x0, x2
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; export of function 4 `constant`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x3, x21
      10: stur x3, [sp]
      14: mov x4, #0x10000000
      18: mov x21, x4
      1c: bl #0x1c  ; Symbol(Function(4))
      20: ldur x5, [sp]
      24: mov x21, x5
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

