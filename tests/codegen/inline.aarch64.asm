;; function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: adrp x0, #0  ; Symbol(Global(0))
       c: add x0, x0, #0  ; Symbol(Global(0))
      10: ldr w15, [x0]
      14: add w1, w15, #1
      18: str w1, [x0]
      1c: add w1, w15, #2
      20: str w1, [x0]
      24: fmul d21, d0, d0
      28: fmul d22, d1, d1
      2c: fadd d21, d21, d22
      30: fsqrt d21, d21
      34: fmov d22, #10.00000000
      38: fcmp d21, d22
      3c: b.gt #0x4c
      40: add w2, w15, #2
      44: ldp x29, x30, [sp], #0x10
      48: ret 
      4c: mov w2, #7
      50: bl #0x50  ; Symbol(Function(2))
      54: udf #0xc11f  ; trap Unreachable

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

;; initialisation
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x1, x21
      10: stur x1, [sp]
      14: mov x2, #0x10000000
      18: mov x21, x2
      1c: mov x21, x1
      20: add sp, sp, #0x10
      24: ldp x29, x30, [sp], #0x10
      28: ret 

;; function 2 `fail`
       0: mov x3, x21
       4: str w2, [x3]
       8: ret 

