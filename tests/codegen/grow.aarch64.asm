;; function 0 `grow`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x19, [sp, #-0x10]!
       c: adrp x19, #0  ; Symbol(Memory(0))
      10: add x19, x19, #0  ; Symbol(Memory(0))
      14: mov w1, w2
      18: mov x0, x19
      1c: bl #0x1c  ; Symbol(Runtime(MemoryGrow))
      20: ldr x7, [x19, #8]
      24: lsr x7, x7, #0x10
      28: add w2, w0, w7
      2c: ldr x19, [sp], #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

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
      28: b.hi #0x7c
      2c: mov x0, x1
      30: mov w4, w0
      34: mov x1, x4
      38: add x4, x5, w0, uxtw
      3c: cmp x4, x2
      40: b.hi #0x60
      44: mov x2, #0x10000000
      48: add x0, x2, w0, uxtw
      4c: add x1, x2, w3, uxtw
      50: mov x2, x5
      54: bl #0x54  ; Symbol(Runtime(Memmove))
      58: ldp x29, x30, [sp], #0x10
      5c: ret 
      60: mov x0, x5
      64: mov w3, #0
      68: mov x4, x0
      6c: mov x0, x1
      70: mov x1, x4
      74: bl #0x74  ; Symbol(Runtime(OutOfBounds))
      78: udf #0xc11f  ; trap MemoryOutOfBounds
      7c: mov x1, x5
      80: mov w3, #0
      84: bl #0x84  ; Symbol(Runtime(OutOfBounds))
      88: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 2 `get`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x9, x2
       c: adrp x8, #0  ; Symbol(Table(0))
      10: add x8, x8, #0  ; Symbol(Table(0))
      14: ldr x2, [x8, #8]
      18: mov x11, x9
      1c: mov w0, w11
      20: cmp x0, x2
      24: b.hs #0x38
      28: ldr x10, [x8]
      2c: ldr x2, [x10, w11, uxtw #3]
      30: ldp x29, x30, [sp], #0x10
      34: ret 
      38: mov x1, #1
      3c: mov w3, #2
      40: bl #0x40  ; Symbol(Runtime(OutOfBounds))
      44: udf #0xc11f  ; trap TableOutOfBounds

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

