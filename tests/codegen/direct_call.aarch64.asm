;; function 0 `square`
       0: mul x2, x2, x2
       4: ret 

;; function 1 `recurse`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: stp x19, x20, [sp, #-0x10]!
       c: cbz x2, #0x30
      10: mov x19, x2
      14: bl #0x14  ; Symbol(Function(0))
      18: mov x20, x2
      1c: sub x2, x19, #1
      20: bl #0x20  ; Symbol(Function(1))
      24: mov x13, x20
      28: add x2, x13, x2
      2c: b #0x34
      30: mov x2, #0
      34: ldp x19, x20, [sp], #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

;; function 2 `main`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: bl #8  ; Symbol(Function(1))
       c: ldp x29, x30, [sp], #0x10
      10: ret 

;; export of function 2 `main`
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
      2c: mov x0, x2
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

