;; function 0 `sum`
       0: mov x13, x2
       4: mov x12, x21
       8: mov w2, #0
       c: mov x0, x13
      10: add x13, x12, w0, uxtw
      14: ldr w14, [x13, #0x10]
      18: add w2, w2, w14
      1c: str w2, [x13, #0x20]
      20: sub w3, w3, #1
      24: add w0, w0, #4
      28: cbnz w3, #0x10
      2c: ret 

;; export of function 0 `sum`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(0))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: mov x0, x2
      34: add sp, sp, #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

