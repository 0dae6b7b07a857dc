;; function 0
       0: mov w3, #0x10
       4: movk w3, #0x2000, lsl #16
       8: ldr w4, [x3, #8]
       c: add w2, w4, #1
      10: str w2, [x3, #8]
      14: ret 

;; function 1
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov w11, #0x10
       c: movk w11, #0x2000, lsl #16
      10: ldr w12, [x11, #4]
      14: ldr w11, [x12, #4]  ; trap NullArray
      18: cmp w2, w11
      1c: b.hs #0x30
      20: add x13, x12, w2, uxtw
      24: ldrb w2, [x13, #8]
      28: ldp x29, x30, [sp], #0x10
      2c: ret 
      30: mov w0, w2
      34: mov x1, #1
      38: mov w2, w11
      3c: mov w3, #4
      40: bl #0x40  ; Symbol(Runtime(OutOfBounds))
      44: udf #0xc11f  ; trap ArrayOutOfBounds

;; export of function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x3, x21
      10: stur x3, [sp]
      14: mov x4, #0x10000000
      18: mov x21, x4
      1c: bl #0x1c  ; Symbol(Function(0))
      20: ldur x5, [sp]
      24: mov x21, x5
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

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

