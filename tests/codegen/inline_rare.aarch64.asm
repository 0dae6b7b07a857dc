;; function 0 `end`
       0: ret 

;; function 3 `rare`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x19, [sp, #-0x10]!
       c: mov x13, x21
      10: add x13, x13, w2, uxtw
      14: ldr w13, [x13, #8]
      18: mov x19, x2
      1c: bl #0x1c  ; Symbol(Function(2))
      20: mov x0, x21
      24: add x0, x0, w19, uxtw
      28: ldr w1, [x0, #0x14]
      2c: str w1, [x0, #0x10]
      30: ldr w1, [x0, #0x1c]
      34: str w1, [x0, #0x18]
      38: ldr w1, [x0, #0x24]
      3c: str w1, [x0, #0x20]
      40: ldr w1, [x0, #0x2c]
      44: str w1, [x0, #0x28]
      48: ldr w0, [x0, #0x30]
      4c: cbnz w0, #0x20
      50: mov x2, x19
      54: ldr x19, [sp], #0x10
      58: ldp x29, x30, [sp], #0x10
      5c: b #0x5c  ; Symbol(Function(0))

;; function 4
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov w2, #0
       c: bl #0xc  ; Symbol(Function(3))
      10: mov w6, #0
      14: mov x7, x21
      18: add x7, x7, w6, uxtw
      1c: ldr w2, [x7, #8]
      20: bl #0x20  ; Symbol(Function(3))
      24: ldp x29, x30, [sp], #0x10
      28: ret 

;; export of function 0 `end`
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

;; export of function 4
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

;; function 2 `small`
       0: mov x8, x21
       4: add x8, x8, w2, uxtw
       8: ldr w9, [x8, #0x14]
       c: str w9, [x8, #0x10]
      10: ldr w9, [x8, #0x1c]
      14: str w9, [x8, #0x18]
      18: ldr w10, [x8, #0x24]
      1c: str w10, [x8, #0x20]
      20: ldr w11, [x8, #0x2c]
      24: str w11, [x8, #0x28]
      28: ldr w2, [x8, #0x30]
      2c: ret 

