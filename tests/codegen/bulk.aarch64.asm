;; function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x5, x2
       c: mov x4, x21
      10: adrp x0, #0  ; Symbol(Memory(0))
      14: add x0, x0, #0  ; Symbol(Memory(0))
      18: ldr x2, [x0, #8]
      1c: mov w0, w3
      20: add x1, x0, #0x28
      24: cmp x1, x2
      28: b.hi #0x78
      2c: mov x1, x5
      30: mov w0, w1
      34: add x5, x0, #0x28
      38: cmp x5, x2
      3c: b.hi #0x68
      40: add x0, x4, w3, uxtw
      44: ldr q22, [x4, w3, uxtw]
      48: ldr q23, [x0, #0x10]
      4c: ldr x0, [x0, #0x20]
      50: add x2, x4, w1, uxtw
      54: str q22, [x4, w1, uxtw]
      58: str q23, [x2, #0x10]
      5c: str x0, [x2, #0x20]
      60: ldp x29, x30, [sp], #0x10
      64: ret 
      68: mov x1, #0x28
      6c: mov w3, #0
      70: bl #0x70  ; Symbol(Runtime(OutOfBounds))
      74: udf #0xc11f  ; trap MemoryOutOfBounds
      78: mov x1, #0x28
      7c: mov w3, #0
      80: bl #0x80  ; Symbol(Runtime(OutOfBounds))
      84: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 1
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x1, x2
       c: mov x4, x21
      10: adrp x0, #0  ; Symbol(Memory(1))
      14: add x0, x0, #0  ; Symbol(Memory(1))
      18: ldr x2, [x0, #8]
      1c: mov x0, #7
      20: adds x0, x3, x0
      24: b.hs #0x94
      28: cmp x0, x2
      2c: b.hi #0x80
      30: adrp x0, #0  ; Symbol(Memory(0))
      34: add x0, x0, #0  ; Symbol(Memory(0))
      38: ldr x2, [x0, #8]
      3c: mov w0, w1
      40: add x5, x0, #7
      44: cmp x5, x2
      48: b.hi #0x70
      4c: mov x2, #0x100000000000
      50: ldr w0, [x3, x2]
      54: add x3, x3, #3
      58: ldr w2, [x3, x2]
      5c: add x3, x4, w1, uxtw
      60: str w0, [x4, w1, uxtw]
      64: stur w2, [x3, #3]
      68: ldp x29, x30, [sp], #0x10
      6c: ret 
      70: mov x1, #7
      74: mov w3, #0
      78: bl #0x78  ; Symbol(Runtime(OutOfBounds))
      7c: udf #0xc11f  ; trap MemoryOutOfBounds
      80: mov x0, x3
      84: mov x1, #7
      88: mov w3, #0
      8c: bl #0x8c  ; Symbol(Runtime(OutOfBounds))
      90: udf #0xc11f  ; trap MemoryOutOfBounds
      94: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 2
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x12, x2
       c: mov x10, x21
      10: adrp x11, #0  ; Symbol(Memory(0))
      14: add x11, x11, #0  ; Symbol(Memory(0))
      18: ldr x2, [x11, #8]
      1c: mov x14, x12
      20: mov w0, w14
      24: add x11, x0, #0x30
      28: cmp x11, x2
      2c: b.hi #0x4c
      30: movi v16.16b, #0
      34: add x12, x10, w14, uxtw
      38: str q16, [x10, w14, uxtw]
      3c: str q16, [x12, #0x10]
      40: str q16, [x12, #0x20]
      44: ldp x29, x30, [sp], #0x10
      48: ret 
      4c: mov x1, #0x30
      50: mov w3, #0
      54: bl #0x54  ; Symbol(Runtime(OutOfBounds))
      58: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x0, x2
       c: adrp x14, #0  ; Symbol(Memory(1))
      10: add x14, x14, #0  ; Symbol(Memory(1))
      14: ldr x2, [x14, #8]
      18: mov x14, #0x14
      1c: adds x14, x0, x14
      20: b.hs #0x64
      24: cmp x14, x2
      28: b.hi #0x54
      2c: dup v17.16b, w3
      30: mov x2, #0x100000000000
      34: add x1, x0, x2
      38: str q17, [x0, x2]
      3c: and w0, w3, #0xff
      40: mov w2, #0x1010101
      44: mul w0, w0, w2
      48: str w0, [x1, #0x10]
      4c: ldp x29, x30, [sp], #0x10
      50: ret 
      54: mov x1, #0x14
      58: mov w3, #0
      5c: bl #0x5c  ; Symbol(Runtime(OutOfBounds))
      60: udf #0xc11f  ; trap MemoryOutOfBounds
      64: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 4
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x5, x2
       c: mov x1, x21
      10: adrp x0, #0  ; Symbol(Memory(0))
      14: add x0, x0, #0  ; Symbol(Memory(0))
      18: ldr x2, [x0, #8]
      1c: mov w0, w3
      20: add x4, x0, #0x3e8
      24: cmp x4, x2
      28: b.hi #0x68
      2c: mov x4, x5
      30: mov w0, w4
      34: add x5, x0, #0x3e8
      38: cmp x5, x2
      3c: b.hi #0x58
      40: add x0, x1, w4, uxtw
      44: add x1, x1, w3, uxtw
      48: mov x2, #0x3e8
      4c: bl #0x4c  ; Symbol(Runtime(Memmove))
      50: ldp x29, x30, [sp], #0x10
      54: ret 
      58: mov x1, #0x3e8
      5c: mov w3, #0
      60: bl #0x60  ; Symbol(Runtime(OutOfBounds))
      64: udf #0xc11f  ; trap MemoryOutOfBounds
      68: mov x1, #0x3e8
      6c: mov w3, #0
      70: bl #0x70  ; Symbol(Runtime(OutOfBounds))
      74: udf #0xc11f  ; trap MemoryOutOfBounds

;; export of function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(0))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; export of function 1
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(1))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; export of function 2
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x4, x21
      10: stur x4, [sp]
      14: mov x5, #0x10000000
      18: mov x21, x5
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(2))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; export of function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(3))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; export of function 4
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(4))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

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

