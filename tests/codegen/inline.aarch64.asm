;; function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: adrp x0, #0  ; Symbol(Global(0))
       c: add x0, x0, #0  ; Symbol(Global(0))
      10: ldr w0, [x0]
      14: add w0, w0, #1
      18: adrp x1, #0  ; Symbol(Global(0))
      1c: add x1, x1, #0  ; Symbol(Global(0))
      20: str w0, [x1]
      24: fmul d21, d0, d0
      28: adrp x0, #0  ; Symbol(Global(0))
      2c: add x0, x0, #0  ; Symbol(Global(0))
      30: ldr w0, [x0]
      34: add w0, w0, #1
      38: adrp x1, #0  ; Symbol(Global(0))
      3c: add x1, x1, #0  ; Symbol(Global(0))
      40: str w0, [x1]
      44: fmul d24, d1, d1
      48: fadd d25, d21, d24
      4c: fsqrt d25, d25
      50: fmov d26, #10.00000000
      54: fcmp d25, d26
      58: b.gt #0x70
      5c: adrp x0, #0  ; Symbol(Global(0))
      60: add x0, x0, #0  ; Symbol(Global(0))
      64: ldr w2, [x0]
      68: ldp x29, x30, [sp], #0x10
      6c: ret 
      70: mov w2, #7
      74: bl #0x74  ; Symbol(Function(2))
      78: udf #0xc11f  ; trap Unreachable

;; export of function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: bl #0x1c  ; Symbol(Function(3))
      20: ldur x8, [sp]
      24: mov x21, x8
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; function 2 `fail`
       0: mov x3, x21
       4: str w2, [x3]
       8: ret 

