;; function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: stur w2, [sp]
      10: movi v16.2s, #0
      14: stur d16, [sp, #8]
      18: ldur d16, [sp, #8]
      1c: ldur w12, [sp]
      20: ucvtf d17, w12
      24: fadd d16, d16, d17
      28: stur d16, [sp, #8]
      2c: ldur w13, [sp]
      30: sub w13, w13, #1
      34: stur w13, [sp]
      38: cbnz w13, #0x18
      3c: ldur d0, [sp, #8]
      40: add sp, sp, #0x10
      44: ldp x29, x30, [sp], #0x10
      48: ret 

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
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

