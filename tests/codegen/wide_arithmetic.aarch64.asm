;; function 0 `add`
       0: adds x2, x2, x4
       4: adc x3, x3, x5
       8: ret 

;; function 1 `multiply`
       0: mul x4, x2, x3
       4: umulh x3, x2, x3
       8: mov x2, x4
       c: ret 

;; function 2 `upper`
       0: smulh x2, x2, x3
       4: ret 

;; export of function 0 `add`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x19, [sp, #-0x10]!
       c: sub sp, sp, #0x10
      10: mov x19, x4
      14: mov x10, x21
      18: stur x10, [sp]
      1c: mov x11, #0x10000000
      20: mov x21, x11
      24: mov x5, x3
      28: mov x4, x2
      2c: mov x3, x1
      30: mov x2, x0
      34: bl #0x34  ; Symbol(Function(0))
      38: mov x4, x19
      3c: str x2, [x4]
      40: str x3, [x4, #8]
      44: ldur x13, [sp]
      48: mov x21, x13
      4c: add sp, sp, #0x10
      50: ldr x19, [sp], #0x10
      54: ldp x29, x30, [sp], #0x10
      58: ret 

;; export of function 1 `multiply`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x19, [sp, #-0x10]!
       c: sub sp, sp, #0x10
      10: mov x19, x2
      14: mov x8, x21
      18: stur x8, [sp]
      1c: mov x9, #0x10000000
      20: mov x21, x9
      24: mov x2, x0
      28: mov x3, x1
      2c: bl #0x2c  ; Symbol(Function(1))
      30: mov x0, x19
      34: str x2, [x0]
      38: str x3, [x0, #8]
      3c: ldur x11, [sp]
      40: mov x21, x11
      44: add sp, sp, #0x10
      48: ldr x19, [sp], #0x10
      4c: ldp x29, x30, [sp], #0x10
      50: ret 

;; export of function 2 `upper`
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

