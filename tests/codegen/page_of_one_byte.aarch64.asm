;; function 0 `load`
       0: mov x9, x21
       4: mov w10, w2
       8: adrp x11, #0  ; Symbol(Memory(0))
       c: add x11, x11, #0  ; Symbol(Memory(0))
      10: ldr x11, [x11, #8]
      14: add x10, x10, #0xa
      18: cmp x10, x11
      1c: b.hi #0x2c
      20: add x11, x9, w2, uxtw
      24: ldrh w2, [x11, #8]
      28: ret 
      2c: mov x12, #4
      30: str x10, [x12]
      34: udf #0xc11f  ; trap MemoryOutOfBounds

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

