;; function 0 `grow`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: adrp x0, #0  ; Symbol(Memory(0))
       c: add x0, x0, #0  ; Symbol(Memory(0))
      10: mov w1, w2
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
       8: mov x1, x2
       c: mov x5, x21
      10: adrp x0, #0  ; Symbol(Memory(0))
      14: add x0, x0, #0  ; Symbol(Memory(0))
      18: ldr x2, [x0, #8]
      1c: mov w0, w3
      20: mov w7, w4
      24: add x4, x7, w3, uxtw
      28: cmp x4, x2
      2c: b.hi #0x6c
      30: mov x4, x1
      34: mov w0, w4
      38: add x6, x7, w4, uxtw
      3c: cmp x6, x2
      40: b.hi #0x5c
      44: add x0, x5, w4, uxtw
      48: add x1, x5, w3, uxtw
      4c: mov x2, x7
      50: bl #0x50  ; Symbol(Runtime(Memmove))
      54: ldp x29, x30, [sp], #0x10
      58: ret 
      5c: mov x1, x7
      60: mov w3, #0
      64: bl #0x64  ; Symbol(Runtime(OutOfBounds))
      68: udf #0xc11f  ; trap MemoryOutOfBounds
      6c: mov x1, x7
      70: mov w3, #0
      74: bl #0x74  ; Symbol(Runtime(OutOfBounds))
      78: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 2 `get`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x10, x2
       c: adrp x9, #0  ; Symbol(Table(0))
      10: add x9, x9, #0  ; Symbol(Table(0))
      14: ldr x2, [x9, #8]
      18: mov x12, x10
      1c: mov w0, w12
      20: cmp x0, x2
      24: b.hs #0x40
      28: adrp x11, #0  ; Symbol(Table(0))
      2c: add x11, x11, #0  ; Symbol(Table(0))
      30: ldr x11, [x11]
      34: ldr x2, [x11, w12, uxtw #3]
      38: ldp x29, x30, [sp], #0x10
      3c: ret 
      40: mov x1, #1
      44: mov w3, #2
      48: bl #0x48  ; Symbol(Runtime(OutOfBounds))
      4c: udf #0xc11f  ; trap TableOutOfBounds

;; function 3 `grow_table`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: adrp x0, #0  ; Symbol(Table(0))
       c: add x0, x0, #0  ; Symbol(Table(0))
      10: mov w1, w3
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

