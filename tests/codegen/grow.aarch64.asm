;; function 0 `grow`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov w1, w2
       c: adrp x0, #0  ; Symbol(Memory(0))
      10: add x0, x0, #0  ; Symbol(Memory(0))
      14: bl #0x14  ; Symbol(Runtime(MemoryGrow))
      18: adrp x8, #0  ; Symbol(Memory(0))
      1c: add x8, x8, #0  ; Symbol(Memory(0))
      20: ldr x8, [x8, #8]
      24: lsr x8, x8, #0x10
      28: add w2, w0, w8
      2c: ldp x29, x30, [sp], #0x10
      30: ret 

;; function 1 `copy`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x5, x21
       c: mov w4, w4
      10: mov w0, w3
      14: mov x6, x2
      18: mov w1, w6
      1c: mov x7, x1
      20: adrp x1, #0  ; Symbol(Memory(0))
      24: add x1, x1, #0  ; Symbol(Memory(0))
      28: ldr x2, [x1, #8]
      2c: add x1, x4, w3, uxtw
      30: cmp x1, x2
      34: b.hi #0x74
      38: add x0, x4, w6, uxtw
      3c: cmp x0, x2
      40: b.hi #0x5c
      44: add x1, x5, w3, uxtw
      48: add x0, x5, w6, uxtw
      4c: mov x2, x4
      50: bl #0x50  ; Symbol(Runtime(Memmove))
      54: ldp x29, x30, [sp], #0x10
      58: ret 
      5c: mov x0, x4
      60: mov w3, #0
      64: mov x1, x0
      68: mov x0, x7
      6c: bl #0x6c  ; Symbol(Runtime(OutOfBounds))
      70: udf #0xc11f  ; trap MemoryOutOfBounds
      74: mov x1, x4
      78: mov w3, #0
      7c: bl #0x7c  ; Symbol(Runtime(OutOfBounds))
      80: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 2 `get`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov w0, w2
       c: adrp x11, #0  ; Symbol(Table(0))
      10: add x11, x11, #0  ; Symbol(Table(0))
      14: ldr x11, [x11, #8]
      18: cmp x0, x11
      1c: b.hs #0x38
      20: adrp x13, #0  ; Symbol(Table(0))
      24: add x13, x13, #0  ; Symbol(Table(0))
      28: ldr x13, [x13]
      2c: ldr x2, [x13, w2, uxtw #3]
      30: ldp x29, x30, [sp], #0x10
      34: ret 
      38: adrp x14, #0  ; Symbol(Table(0))
      3c: add x14, x14, #0  ; Symbol(Table(0))
      40: ldr x2, [x14, #8]
      44: mov x1, #1
      48: mov w3, #2
      4c: bl #0x4c  ; Symbol(Runtime(OutOfBounds))
      50: udf #0xc11f  ; trap TableOutOfBounds

;; function 3 `grow_table`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov w1, w3
       c: adrp x0, #0  ; Symbol(Table(0))
      10: add x0, x0, #0  ; Symbol(Table(0))
      14: bl #0x14  ; Symbol(Runtime(TableGrow))
      18: mov x2, x0
      1c: ldp x29, x30, [sp], #0x10
      20: ret 

;; export of function 0 `grow`
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

;; export of function 1 `copy`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x4, x2
      20: mov x3, x1
      24: mov x2, x0
      28: bl #0x28  ; Symbol(Function(1))
      2c: ldur x9, [sp]
      30: mov x21, x9
      34: add sp, sp, #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

;; export of function 2 `get`
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

;; export of function 3 `grow_table`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(3))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: mov x0, x2
      34: add sp, sp, #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

