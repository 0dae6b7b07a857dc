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
      80: mov x25, x28
      84: eor w26, w25, w24
      88: add w2, w2, w26
      8c: eor w26, w3, w24
      90: add w2, w2, w26
      94: eor w26, w4, w24
      98: add w2, w2, w26
      9c: eor w26, w5, w24
      a0: add w2, w2, w26
      a4: eor w26, w6, w24
      a8: add w2, w2, w26
      ac: eor w26, w7, w24
      b0: add w2, w2, w26
      b4: eor w26, w8, w24
      b8: add w2, w2, w26
      bc: eor w26, w9, w24
      c0: add w2, w2, w26
      c4: eor w26, w11, w24
      c8: add w2, w2, w26
      cc: eor w26, w13, w24
      d0: add w2, w2, w26
      d4: eor w26, w15, w24
      d8: add w2, w2, w26
      dc: eor w26, w0, w24
      e0: add w2, w2, w26
      e4: eor w26, w1, w24
      e8: add w2, w2, w26
      ec: eor w26, w10, w24
      f0: add w2, w2, w26
      f4: eor w26, w12, w24
      f8: add w2, w2, w26
      fc: eor w26, w14, w24
     100: add w2, w2, w26
     104: eor w26, w27, w24
     108: add w2, w2, w26
     10c: eor w26, w19, w24
     110: add w2, w2, w26
     114: eor w26, w20, w24
     118: add w2, w2, w26
     11c: eor w26, w22, w24
     120: add w2, w2, w26
     124: cmp w24, w5
     128: b.hs #0x134
     12c: mov x28, x25
     130: b #0x64
     134: ldp x19, x20, [sp], #0x10
     138: ldp x22, x23, [sp], #0x10
     13c: ldp x24, x25, [sp], #0x10
     140: ldp x26, x27, [sp], #0x10
     144: ldr x28, [sp], #0x10
     148: ldp x29, x30, [sp], #0x10
     14c: add sp, sp, #0x70
     150: ret 

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
      60: mov x6, x24
      64: stur w6, [sp, #8]
      68: stur w20, [sp, #0x10]
      6c: stur w19, [sp, #0x18]
      70: stur w14, [sp, #0x20]
      74: stur w15, [sp, #0x28]
      78: stur w13, [sp, #0x30]
      7c: stur w12, [sp, #0x38]
      80: stur w11, [sp, #0x40]
      84: stur w10, [sp, #0x48]
      88: stur w9, [sp, #0x50]
      8c: stur w8, [sp, #0x58]
      90: stur w7, [sp, #0x60]
      94: stur w22, [sp, #0x68]
      98: mov x7, x5
      9c: mov x6, x4
      a0: mov x5, x3
      a4: mov x4, x2
      a8: mov x3, x1
      ac: mov x2, x0
      b0: bl #0xb0  ; Symbol(Function(0))
      b4: sub sp, sp, #0x70
      b8: ldur x0, [sp, #0x70]
      bc: mov x21, x0
      c0: mov x0, x2
      c4: add sp, sp, #0x80
      c8: ldp x19, x20, [sp], #0x10
      cc: ldp x22, x23, [sp], #0x10
      d0: ldr x24, [sp], #0x10
      d4: ldp x29, x30, [sp], #0x10
      d8: ret 

