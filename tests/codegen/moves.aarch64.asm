;; function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x28, [sp, #-0x10]!
       c: stp x26, x27, [sp, #-0x10]!
      10: stp x24, x25, [sp, #-0x10]!
      14: stp x22, x23, [sp, #-0x10]!
      18: stp x19, x20, [sp, #-0x10]!
      1c: mov x28, x2
      20: ldur w8, [sp, #0x60]
      24: ldur w9, [sp, #0x68]
      28: ldur w11, [sp, #0x70]
      2c: ldur w13, [sp, #0x78]
      30: ldur w15, [sp, #0x80]
      34: ldur w0, [sp, #0x88]
      38: ldur w1, [sp, #0x90]
      3c: ldur w10, [sp, #0x98]
      40: ldur w12, [sp, #0xa0]
      44: ldur w14, [sp, #0xa8]
      48: ldur w27, [sp, #0xb0]
      4c: ldur w19, [sp, #0xb8]
      50: ldur w20, [sp, #0xc0]
      54: ldur w22, [sp, #0xc8]
      58: mov x23, x21
      5c: mov w24, #0
      60: mov x2, x24
      64: add x25, x23, w24, uxtw
      68: ldrb w25, [x25, #0x10]
      6c: add w24, w24, w25
      70: ldrb w25, [x23, w24, uxtw]
      74: ldrb w26, [x23, w9, uxtw]
      78: cmp w25, w26
      7c: b.eq #0x64
      80: eor w26, w28, w24
      84: add w2, w2, w26
      88: eor w26, w3, w24
      8c: add w2, w2, w26
      90: eor w26, w4, w24
      94: add w2, w2, w26
      98: eor w26, w5, w24
      9c: add w2, w2, w26
      a0: eor w26, w6, w24
      a4: add w2, w2, w26
      a8: eor w26, w7, w24
      ac: add w2, w2, w26
      b0: eor w26, w8, w24
      b4: add w2, w2, w26
      b8: eor w26, w9, w24
      bc: add w2, w2, w26
      c0: eor w26, w11, w24
      c4: add w2, w2, w26
      c8: eor w26, w13, w24
      cc: add w2, w2, w26
      d0: eor w26, w15, w24
      d4: add w2, w2, w26
      d8: eor w26, w0, w24
      dc: add w2, w2, w26
      e0: eor w26, w1, w24
      e4: add w2, w2, w26
      e8: eor w26, w10, w24
      ec: add w2, w2, w26
      f0: eor w26, w12, w24
      f4: add w2, w2, w26
      f8: eor w26, w14, w24
      fc: add w2, w2, w26
     100: eor w26, w27, w24
     104: add w2, w2, w26
     108: eor w26, w19, w24
     10c: add w2, w2, w26
     110: eor w26, w20, w24
     114: add w2, w2, w26
     118: eor w26, w22, w24
     11c: add w2, w2, w26
     120: cmp w24, w5
     124: b.lo #0x64
     128: ldp x19, x20, [sp], #0x10
     12c: ldp x22, x23, [sp], #0x10
     130: ldp x24, x25, [sp], #0x10
     134: ldp x26, x27, [sp], #0x10
     138: ldr x28, [sp], #0x10
     13c: ldp x29, x30, [sp], #0x10
     140: add sp, sp, #0x70
     144: ret 

;; export of function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x24, [sp, #-0x10]!
       c: stp x22, x23, [sp, #-0x10]!
      10: stp x19, x20, [sp, #-0x10]!
      14: sub sp, sp, #0x80
      18: mov x24, x7
      1c: ldur w20, [sp, #0xc0]
      20: ldur w19, [sp, #0xc8]
      24: ldur w14, [sp, #0xd0]
      28: ldur w15, [sp, #0xd8]
      2c: ldur w13, [sp, #0xe0]
      30: ldur w12, [sp, #0xe8]
      34: ldur w11, [sp, #0xf0]
      38: ldur w10, [sp, #0xf8]
      3c: ldr w9, [sp, #0x100]
      40: ldr w8, [sp, #0x108]
      44: ldr w7, [sp, #0x110]
      48: ldr w22, [sp, #0x118]
      4c: mov x23, x21
      50: stur x23, [sp, #0x70]
      54: mov x23, #0x10000000
      58: mov x21, x23
      5c: stur w6, [sp]
      60: stur w24, [sp, #8]
      64: stur w20, [sp, #0x10]
      68: stur w19, [sp, #0x18]
      6c: stur w14, [sp, #0x20]
      70: stur w15, [sp, #0x28]
      74: stur w13, [sp, #0x30]
      78: stur w12, [sp, #0x38]
      7c: stur w11, [sp, #0x40]
      80: stur w10, [sp, #0x48]
      84: stur w9, [sp, #0x50]
      88: stur w8, [sp, #0x58]
      8c: stur w7, [sp, #0x60]
      90: stur w22, [sp, #0x68]
      94: mov x7, x5
      98: mov x6, x4
      9c: mov x5, x3
      a0: mov x4, x2
      a4: mov x3, x1
      a8: mov x2, x0
      ac: bl #0xac  ; Symbol(Function(0))
      b0: sub sp, sp, #0x70
      b4: ldur x0, [sp, #0x70]
      b8: mov x21, x0
      bc: mov x0, x2
      c0: add sp, sp, #0x80
      c4: ldp x19, x20, [sp], #0x10
      c8: ldp x22, x23, [sp], #0x10
      cc: ldr x24, [sp], #0x10
      d0: ldp x29, x30, [sp], #0x10
      d4: ret 

