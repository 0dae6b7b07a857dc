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
       8: mov x14, x2
       c: adrp x12, #0  ; Symbol(Memory(0))
      10: add x12, x12, #0  ; Symbol(Memory(0))
      14: ldr x12, [x12, #8]
      18: mov w2, w4
      1c: add x13, x2, w3, uxtw
      20: cmp x13, x12
      24: b.hi #0x50
      28: mov x0, x14
      2c: add x14, x2, w0, uxtw
      30: cmp x14, x12
      34: b.hi #0x54
      38: mov x1, #0x10000000
      3c: add x0, x1, w0, uxtw
      40: add x1, x1, w3, uxtw
      44: bl #0x44  ; Symbol(Runtime(Memmove))
      48: ldp x29, x30, [sp], #0x10
      4c: ret 
      50: udf #0xc11f  ; trap MemoryOutOfBounds
      54: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 2 `get`
       0: adrp x6, #0  ; Symbol(Table(0))
       4: add x6, x6, #0  ; Symbol(Table(0))
       8: ldr x7, [x6, #8]
       c: mov w8, w2
      10: cmp x8, x7
      14: b.hs #0x24
      18: ldr x8, [x6]
      1c: ldr x2, [x8, w2, uxtw #3]
      20: ret 
      24: udf #0xc11f  ; trap TableOutOfBounds

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

