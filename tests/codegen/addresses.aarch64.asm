;; function 0
       0: mov x5, x21
       4: and w6, w2, #0xff
       8: add x5, x5, w6, uxtw
       c: ldrb w2, [x5, #0x400]
      10: ret 

;; function 1
       0: mov x8, x21
       4: add x9, x8, w2, uxtw
       8: ldr w8, [x8, w2, uxtw]
       c: ldr w10, [x9, #4]
      10: ldur w9, [x9, #-4]
      14: add w9, w10, w9
      18: add w2, w8, w9
      1c: ret 

;; function 2
       0: mov x6, x21
       4: ldr w7, [x6, w2, uxtw]
       8: add w8, w2, #4
       c: ldr w6, [x6, w8, uxtw]
      10: add w2, w7, w6
      14: ret 

;; function 3
       0: mov x4, x21
       4: add w5, w2, #4
       8: ldr w2, [x4, w5, uxtw]
       c: ret 

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

;; export of function 2
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

;; export of function 3
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

