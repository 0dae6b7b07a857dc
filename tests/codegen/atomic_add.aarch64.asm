;; function 0 `add`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x28, [sp, #-0x10]!
       c: stp x26, x27, [sp, #-0x10]!
      10: stp x24, x25, [sp, #-0x10]!
      14: mov x9, x21
      18: and w10, w2, #3
      1c: cbnz w10, #0x54
      20: add x10, x9, w2, uxtw
      24: add x25, x10, #4
      28: mov x26, x3
      2c: ldaxr w27, [x25]
      30: add w28, w27, w26
      34: stlxr w24, w28, [x25]
      38: cbnz x24, #0x2c
      3c: mov x2, x27
      40: ldp x24, x25, [sp], #0x10
      44: ldp x26, x27, [sp], #0x10
      48: ldr x28, [sp], #0x10
      4c: ldp x29, x30, [sp], #0x10
      50: ret 
      54: udf #0xc11f  ; trap UnalignedAtomic

;; function 1 `count`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x28, [sp, #-0x10]!
       c: stp x26, x27, [sp, #-0x10]!
      10: stp x24, x25, [sp, #-0x10]!
      14: mov x7, x21
      18: mov x26, #1
      1c: add x25, x7, w2, uxtw
      20: ldaxrb w27, [x25]
      24: add w28, w27, w26
      28: stlxrb w24, w28, [x25]
      2c: cbnz x24, #0x20
      30: ldp x24, x25, [sp], #0x10
      34: ldp x26, x27, [sp], #0x10
      38: ldr x28, [sp], #0x10
      3c: ldp x29, x30, [sp], #0x10
      40: ret 

;; export of function 0 `add`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(0))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: mov x0, x2
      34: add sp, sp, #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

;; export of function 1 `count`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x4, x21
      10: stur x4, [sp]
      14: mov x5, #0x10000000
      18: mov x21, x5
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(1))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

