;; function 0
       0: mov x5, x21
       4: ldr q5, [x5, w2, uxtw]
       8: fadd v0.2d, v0.2d, v5.2d
       c: ret 

;; function 1
       0: mov x6, x21
       4: ldr q6, [x6, w2, uxtw]
       8: fmul v7.2d, v0.2d, v6.2d
       c: fadd v0.2d, v7.2d, v6.2d
      10: ret 

;; export of function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(0))
      24: ldur x8, [sp]
      28: mov x21, x8
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; export of function 1
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(1))
      24: ldur x8, [sp]
      28: mov x21, x8
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

