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
       c: adrp x0, #0  ; Symbol(Memory(0))
      10: add x0, x0, #0  ; Symbol(Memory(0))
      14: ldr x2, [x0, #8]
      18: mov w0, w3
      1c: mov w5, w4
      20: add x4, x5, w3, uxtw
      24: cmp x4, x2
      28: b.hi #0x88
      2c: adrp x0, #0  ; Symbol(Memory(0))
      30: add x0, x0, #0  ; Symbol(Memory(0))
      34: ldr x2, [x0, #8]
      38: mov x0, x1
      3c: mov w4, w0
      40: mov x1, x4
      44: add x4, x5, w0, uxtw
      48: cmp x4, x2
      4c: b.hi #0x6c
      50: mov x2, #0x10000000
      54: add x0, x2, w0, uxtw
      58: add x1, x2, w3, uxtw
      5c: mov x2, x5
      60: bl #0x60  ; Symbol(Runtime(Memmove))
      64: ldp x29, x30, [sp], #0x10
      68: ret 
      6c: mov x0, x5
      70: mov w3, #0
      74: mov x4, x0
      78: mov x0, x1
      7c: mov x1, x4
      80: bl #0x80  ; Symbol(Runtime(OutOfBounds))
      84: udf #0xc11f  ; trap MemoryOutOfBounds
      88: mov x1, x5
      8c: mov w3, #0
      90: bl #0x90  ; Symbol(Runtime(OutOfBounds))
      94: udf #0xc11f  ; trap MemoryOutOfBounds

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

