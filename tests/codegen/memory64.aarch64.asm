;; function 0 `load`
       0: mov x8, x21
       4: adrp x9, #0  ; Symbol(Memory(0))
       8: add x9, x9, #0  ; Symbol(Memory(0))
       c: ldr x9, [x9, #8]
      10: cmp x2, x9
      14: b.hs #0x24
      18: add x10, x2, x8
      1c: ldr x2, [x10, #8]
      20: ret 
      24: add x11, x2, #0x10
      28: mov x12, #0xc
      2c: str x11, [x12]
      30: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 1 `far`
       0: mov x14, x21
       4: adrp x15, #0  ; Symbol(Memory(0))
       8: add x15, x15, #0  ; Symbol(Memory(0))
       c: ldr x0, [x15, #8]
      10: mov x15, #8
      14: movk x15, #1, lsl #32
      18: add x15, x2, x15
      1c: cmp x15, x0
      20: cset x0, hi
      24: cmp x2, x15
      28: cset x1, hi
      2c: orr w0, w0, w1
      30: tst w0, #0xff
      34: b.ne #0x48
      38: mov x0, #0x100000000
      3c: add x0, x14, x0
      40: ldr x2, [x2, x0]
      44: ret 
      48: mov x0, #0xc
      4c: str x15, [x0]
      50: udf #0xc11f  ; trap MemoryOutOfBounds

;; function 2 `constant`
       0: mov x1, x21
       4: ldr x2, [x1, #0x400]
       8: ret 

;; function 3 `size`
       0: adrp x2, #0  ; Symbol(Memory(0))
       4: add x2, x2, #0  ; Symbol(Memory(0))
       8: ldr x2, [x2, #8]
       c: lsr x2, x2, #0x10
      10: ret 

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

;; export of function 1 `far`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(1))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: mov x0, x2
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; export of function 2 `constant`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x3, x21
      10: stur x3, [sp]
      14: mov x4, #0x10000000
      18: mov x21, x4
      1c: bl #0x1c  ; Symbol(Function(2))
      20: ldur x5, [sp]
      24: mov x21, x5
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; export of function 3 `size`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x3, x21
      10: stur x3, [sp]
      14: mov x4, #0x10000000
      18: mov x21, x4
      1c: bl #0x1c  ; Symbol(Function(3))
      20: ldur x5, [sp]
      24: mov x21, x5
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

