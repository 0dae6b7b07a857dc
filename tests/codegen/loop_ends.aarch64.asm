;; function 0
       0: mov x8, x21
       4: mov w2, #0
       8: mov x4, x2
       c: lsl w9, w4, #2
      10: ldr w9, [x8, w9, uxtw]
      14: add w4, w4, #1
      18: mov w10, w4
      1c: add w2, w2, w9
      20: cmp x10, #0x3e8
      24: b.ne #0xc
      28: ret 

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

