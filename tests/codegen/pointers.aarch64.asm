;; function 0
       0: mov x12, x2
       4: mov x9, x21
       8: mov w2, #0
       c: mov x15, x12
      10: cbz w15, #0x28
      14: add x11, x9, w15, uxtw
      18: ldr w11, [x11, #4]
      1c: ldr w15, [x9, w15, uxtw]
      20: add w2, w2, w11
      24: b #0x10
      28: ret 

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

