;; function 0 `load`
       0: mov x9, x21
       4: mov w10, w2
       8: adrp x11, #0  ; Symbol(Memory(0))
       c: add x11, x11, #0  ; Symbol(Memory(0))
      10: ldr x11, [x11, #8]
      14: add x10, x10, #0xc
      18: cmp x10, x11
      1c: b.hi #0x2c
      20: add x11, x9, w2, uxtw
      24: ldr w2, [x11, #8]
      28: ret 
      2c: mov x12, #8
      30: str x10, [x12]
      34: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 1 `constant`
       0: mov x1, x21
       4: ldr x2, [x1, #0x400]
       8: ret 

;; function 2 `grow`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov w1, w2
       c: adrp x0, #0  ; Symbol(Memory(0))
      10: add x0, x0, #0  ; Symbol(Memory(0))
      14: bl #0x14  ; Symbol(Runtime(MemoryGrowExplicit))
      18: mov x2, x0
      1c: ldp x29, x30, [sp], #0x10
      20: ret 

;; export of function 0 `load`
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

;; export of function 1 `constant`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x3, x21
      10: stur x3, [sp]
      14: mov x4, #0x10000000
      18: mov x21, x4
      1c: bl #0x1c  ; Symbol(Function(1))
      20: ldur x5, [sp]
      24: mov x21, x5
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; export of function 2 `grow`
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

