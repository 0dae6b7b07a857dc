;; function 0 `next`
       0: adrp x5, #0  ; Symbol(Global(0))
       4: add x5, x5, #0  ; Symbol(Global(0))
       8: ldr w5, [x5]
       c: add w5, w5, #0x3e8
      10: adrp x6, #0  ; Symbol(Global(0))
      14: add x6, x6, #0  ; Symbol(Global(0))
      18: str w5, [x6]
      1c: adrp x6, #0  ; Symbol(Global(0))
      20: add x6, x6, #0  ; Symbol(Global(0))
      24: ldr w2, [x6]
      28: ret 

;; export of function 0 `next`
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

