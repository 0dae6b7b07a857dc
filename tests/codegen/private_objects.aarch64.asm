;; function 1
       0: mov w8, #0
       4: mov w10, #1
       8: sub w0, w2, #1
       c: add w8, w8, w2
      10: and w1, w10, #0xff
      14: add w1, w1, #1
      18: cbz w0, #0x28
      1c: mov x2, x0
      20: mov x10, x1
      24: b #8
      28: add w0, w10, #1
      2c: add w2, w8, w0, sxtb
      30: ret 

;; export of function 1
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(1))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: mov x0, x2
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

