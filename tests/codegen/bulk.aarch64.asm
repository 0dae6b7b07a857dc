;; function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x4, x21
       c: mov x1, #0x28
      10: mov w0, w3
      14: mov w5, w2
      18: mov x6, x2
      1c: mov x7, x5
      20: adrp x2, #0  ; Symbol(Memory(0))
      24: add x2, x2, #0  ; Symbol(Memory(0))
      28: ldr x2, [x2, #8]
      2c: add x5, x0, #0x28
      30: cmp x5, x2
      34: b.hi #0x80
      38: mov x0, x7
      3c: add x5, x0, #0x28
      40: cmp x5, x2
      44: b.hi #0x74
      48: add x1, x4, w3, uxtw
      4c: mov x2, x6
      50: add x0, x4, w2, uxtw
      54: ldr q21, [x4, w3, uxtw]
      58: ldr q22, [x1, #0x10]
      5c: ldr x1, [x1, #0x20]
      60: str q21, [x4, w2, uxtw]
      64: str q22, [x0, #0x10]
      68: str x1, [x0, #0x20]
      6c: ldp x29, x30, [sp], #0x10
      70: ret 
      74: mov w3, #0
      78: bl #0x78  ; Symbol(Runtime(OutOfBounds))
      7c: udf #0xc11f  ; trap MemoryOutOfBounds
      80: mov w3, #0
      84: bl #0x84  ; Symbol(Runtime(OutOfBounds))
      88: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 1
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x4, x21
       c: mov x1, #7
      10: mov w0, w2
      14: mov x7, x2
      18: adrp x2, #0  ; Symbol(Memory(1))
      1c: add x2, x2, #0  ; Symbol(Memory(1))
      20: ldr x2, [x2, #8]
      24: add x5, x3, #7
      28: cmp x5, x2
      2c: cset x6, hi
      30: cmp x3, x5
      34: cset x5, hi
      38: orr w5, w6, w5
      3c: tst w5, #0xff
      40: b.ne #0x90
      44: adrp x2, #0  ; Symbol(Memory(0))
      48: add x2, x2, #0  ; Symbol(Memory(0))
      4c: ldr x2, [x2, #8]
      50: add x5, x0, #7
      54: cmp x5, x2
      58: b.hi #0x84
      5c: mov x1, #0x100000000000
      60: mov x2, x7
      64: add x0, x4, w2, uxtw
      68: ldr w5, [x3, x1]
      6c: add x3, x3, #3
      70: ldr w1, [x3, x1]
      74: str w5, [x4, w2, uxtw]
      78: stur w1, [x0, #3]
      7c: ldp x29, x30, [sp], #0x10
      80: ret 
      84: mov w3, #0
      88: bl #0x88  ; Symbol(Runtime(OutOfBounds))
      8c: udf #0xc11f  ; trap MemoryOutOfBounds
      90: mov x0, x3
      94: mov w3, #0
      98: bl #0x98  ; Symbol(Runtime(OutOfBounds))
      9c: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 2
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x10, x21
       c: mov x1, #0x30
      10: mov w0, w2
      14: mov x12, x2
      18: adrp x11, #0  ; Symbol(Memory(0))
      1c: add x11, x11, #0  ; Symbol(Memory(0))
      20: ldr x2, [x11, #8]
      24: add x11, x0, #0x30
      28: cmp x11, x2
      2c: b.hi #0x50
      30: mov x2, x12
      34: add x12, x10, w2, uxtw
      38: movi v16.16b, #0
      3c: str q16, [x10, w2, uxtw]
      40: str q16, [x12, #0x10]
      44: str q16, [x12, #0x20]
      48: ldp x29, x30, [sp], #0x10
      4c: ret 
      50: mov w3, #0
      54: bl #0x54  ; Symbol(Runtime(OutOfBounds))
      58: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x1, #0x14
       c: adrp x0, #0  ; Symbol(Memory(1))
      10: add x0, x0, #0  ; Symbol(Memory(1))
      14: ldr x0, [x0, #8]
      18: mov x5, x0
      1c: add x0, x2, #0x14
      20: mov x4, x5
      24: cmp x0, x4
      28: cset x4, hi
      2c: cmp x2, x0
      30: cset x0, hi
      34: orr w0, w4, w0
      38: tst w0, #0xff
      3c: b.ne #0x6c
      40: mov x1, #0x100000000000
      44: add x0, x2, x1
      48: dup v21.16b, w3
      4c: str q21, [x2, x1]
      50: and w1, w3, #0xff
      54: mov w1, w1
      58: mov x2, #0x101010101010101
      5c: mul x1, x1, x2
      60: str w1, [x0, #0x10]
      64: ldp x29, x30, [sp], #0x10
      68: ret 
      6c: mov x0, x2
      70: mov w3, #0
      74: mov x2, x5
      78: bl #0x78  ; Symbol(Runtime(OutOfBounds))
      7c: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 4
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: mov x15, x21
       c: mov x4, #0x3e8
      10: mov w0, w3
      14: mov w1, w2
      18: mov x5, x2
      1c: mov x6, x1
      20: adrp x1, #0  ; Symbol(Memory(0))
      24: add x1, x1, #0  ; Symbol(Memory(0))
      28: ldr x2, [x1, #8]
      2c: add x1, x0, #0x3e8
      30: cmp x1, x2
      34: b.hi #0x74
      38: mov x0, x6
      3c: add x1, x0, #0x3e8
      40: cmp x1, x2
      44: b.hi #0x64
      48: add x1, x15, w3, uxtw
      4c: mov x2, x5
      50: add x0, x15, w2, uxtw
      54: mov x2, x4
      58: bl #0x58  ; Symbol(Runtime(Memmove))
      5c: ldp x29, x30, [sp], #0x10
      60: ret 
      64: mov x1, x4
      68: mov w3, #0
      6c: bl #0x6c  ; Symbol(Runtime(OutOfBounds))
      70: udf #0xc11f  ; trap MemoryOutOfBounds
      74: mov x1, x4
      78: mov w3, #0
      7c: bl #0x7c  ; Symbol(Runtime(OutOfBounds))
      80: udf #0xc11f  ; trap MemoryOutOfBounds

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

