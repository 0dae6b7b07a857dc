;; function 0
       0: mov x10, x21
       4: add x11, x10, w2, uxtw
       8: ldr x10, [x10, w2, uxtw]
       c: ldur x12, [x11, #-8]
      10: ldur x13, [x11, #-0x18]
      14: ldur x11, [x11, #4]
      18: add x11, x13, x11
      1c: add x11, x12, x11
      20: add x2, x10, x11
      24: ret 

;; export of function 0
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

