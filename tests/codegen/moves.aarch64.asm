;; function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x28, [sp, #-0x10]!
       c: stp x26, x27, [sp, #-0x10]!
      10: stp x24, x25, [sp, #-0x10]!
      14: stp x22, x23, [sp, #-0x10]!
      18: stp x19, x20, [sp, #-0x10]!
      1c: sub sp, sp, #0x100
      20: stur x2, [sp]
      24: stur x3, [sp, #8]
      28: stur x4, [sp, #0x10]
      2c: stur x6, [sp, #0x18]
      30: stur x7, [sp, #0x20]
      34: ldr w11, [sp, #0x160]
      38: stur x11, [sp, #0x28]
      3c: ldr w9, [sp, #0x168]
      40: ldr w13, [sp, #0x170]
      44: stur x13, [sp, #0x30]
      48: ldr w15, [sp, #0x178]
      4c: stur x15, [sp, #0x38]
      50: ldr w0, [sp, #0x180]
      54: stur x0, [sp, #0x40]
      58: ldr w1, [sp, #0x188]
      5c: stur x1, [sp, #0x48]
      60: ldr w10, [sp, #0x190]
      64: stur x10, [sp, #0x50]
      68: ldr w12, [sp, #0x198]
      6c: stur x12, [sp, #0x58]
      70: ldr w14, [sp, #0x1a0]
      74: stur x14, [sp, #0x60]
      78: ldr w27, [sp, #0x1a8]
      7c: stur x27, [sp, #0x68]
      80: ldr w19, [sp, #0x1b0]
      84: stur x19, [sp, #0x70]
      88: ldr w20, [sp, #0x1b8]
      8c: ldr w22, [sp, #0x1c0]
      90: mov x19, x22
      94: ldr w23, [sp, #0x1c8]
      98: stur x23, [sp, #0x78]
      9c: ldr w24, [sp, #0x1d0]
      a0: stur x24, [sp, #0x80]
      a4: ldr w25, [sp, #0x1d8]
      a8: stur x25, [sp, #0x88]
      ac: ldr w26, [sp, #0x1e0]
      b0: stur x26, [sp, #0x90]
      b4: ldr w28, [sp, #0x1e8]
      b8: stur x28, [sp, #0x98]
      bc: ldr w2, [sp, #0x1f0]
      c0: stur x2, [sp, #0xa0]
      c4: ldr w3, [sp, #0x1f8]
      c8: stur x3, [sp, #0xa8]
      cc: ldr w4, [sp, #0x200]
      d0: stur x4, [sp, #0xb0]
      d4: ldr w6, [sp, #0x208]
      d8: stur x6, [sp, #0xb8]
      dc: ldr w7, [sp, #0x210]
      e0: stur x7, [sp, #0xc0]
      e4: ldr w8, [sp, #0x218]
      e8: stur x8, [sp, #0xc8]
      ec: ldr w11, [sp, #0x220]
      f0: stur x11, [sp, #0xd0]
      f4: ldr w13, [sp, #0x228]
      f8: stur x13, [sp, #0xd8]
      fc: ldr w15, [sp, #0x230]
     100: stur x15, [sp, #0xe0]
     104: ldr w0, [sp, #0x238]
     108: stur x0, [sp, #0xe8]
     10c: ldr w1, [sp, #0x240]
     110: stur x1, [sp, #0xf0]
     114: ldr w2, [sp, #0x248]
     118: stur x2, [sp, #0xf8]
     11c: mov x10, x21
     120: mov w12, #0
     124: mov x2, x12
     128: add x0, x10, w12, uxtw
     12c: ldrb w0, [x0, #0x10]
     130: add w12, w12, w0
     134: ldrb w0, [x10, w12, uxtw]
     138: ldrb w1, [x10, w9, uxtw]
     13c: cmp w0, w1
     140: b.eq #0x128
     144: ldur x14, [sp]
     148: eor w0, w14, w12
     14c: add w0, w2, w0
     150: ldur x14, [sp, #8]
     154: eor w1, w14, w12
     158: add w0, w0, w1
     15c: ldur x14, [sp, #0x10]
     160: eor w1, w14, w12
     164: add w0, w0, w1
     168: eor w1, w5, w12
     16c: add w0, w0, w1
     170: ldur x14, [sp, #0x18]
     174: eor w1, w14, w12
     178: add w0, w0, w1
     17c: ldur x14, [sp, #0x20]
     180: eor w1, w14, w12
     184: add w0, w0, w1
     188: ldur x14, [sp, #0x28]
     18c: eor w1, w14, w12
     190: add w0, w0, w1
     194: eor w1, w9, w12
     198: add w0, w0, w1
     19c: ldur x14, [sp, #0x30]
     1a0: eor w1, w14, w12
     1a4: add w0, w0, w1
     1a8: ldur x22, [sp, #0x38]
     1ac: eor w1, w22, w12
     1b0: add w0, w0, w1
     1b4: ldur x26, [sp, #0x40]
     1b8: eor w1, w26, w12
     1bc: add w0, w0, w1
     1c0: ldur x4, [sp, #0x48]
     1c4: eor w1, w4, w12
     1c8: add w0, w0, w1
     1cc: ldur x8, [sp, #0x50]
     1d0: eor w1, w8, w12
     1d4: add w0, w0, w1
     1d8: ldur x15, [sp, #0x58]
     1dc: eor w1, w15, w12
     1e0: add w0, w0, w1
     1e4: ldur x23, [sp, #0x60]
     1e8: eor w1, w23, w12
     1ec: add w0, w0, w1
     1f0: ldur x24, [sp, #0x68]
     1f4: eor w1, w24, w12
     1f8: add w0, w0, w1
     1fc: ldur x2, [sp, #0x70]
     200: eor w1, w2, w12
     204: add w0, w0, w1
     208: mov x25, x20
     20c: eor w1, w20, w12
     210: add w0, w0, w1
     214: mov x27, x19
     218: eor w1, w19, w12
     21c: add w0, w0, w1
     220: ldur x26, [sp, #0x78]
     224: eor w1, w26, w12
     228: add w0, w0, w1
     22c: ldur x28, [sp, #0x80]
     230: eor w1, w28, w12
     234: add w0, w0, w1
     238: ldur x14, [sp, #0x88]
     23c: eor w1, w14, w12
     240: add w0, w0, w1
     244: ldur x3, [sp, #0x90]
     248: eor w1, w3, w12
     24c: add w0, w0, w1
     250: ldur x19, [sp, #0x98]
     254: eor w1, w19, w12
     258: add w0, w0, w1
     25c: ldur x4, [sp, #0xa0]
     260: eor w1, w4, w12
     264: add w0, w0, w1
     268: ldur x6, [sp, #0xa8]
     26c: eor w1, w6, w12
     270: add w0, w0, w1
     274: ldur x7, [sp, #0xb0]
     278: eor w1, w7, w12
     27c: add w0, w0, w1
     280: ldur x20, [sp, #0xb8]
     284: eor w1, w20, w12
     288: add w0, w0, w1
     28c: ldur x8, [sp, #0xc0]
     290: eor w1, w8, w12
     294: add w0, w0, w1
     298: ldur x11, [sp, #0xc8]
     29c: eor w1, w11, w12
     2a0: add w0, w0, w1
     2a4: ldur x13, [sp, #0xd0]
     2a8: eor w1, w13, w12
     2ac: add w0, w0, w1
     2b0: ldur x15, [sp, #0xd8]
     2b4: eor w1, w15, w12
     2b8: add w1, w0, w1
     2bc: ldur x0, [sp, #0xe0]
     2c0: eor w2, w0, w12
     2c4: add w2, w1, w2
     2c8: ldur x1, [sp, #0xe8]
     2cc: eor w22, w1, w12
     2d0: add w2, w2, w22
     2d4: ldur x22, [sp, #0xf0]
     2d8: eor w23, w22, w12
     2dc: add w2, w2, w23
     2e0: ldur x23, [sp, #0xf8]
     2e4: eor w24, w23, w12
     2e8: add w2, w2, w24
     2ec: cmp w12, w5
     2f0: b.hs #0x300
     2f4: mov x20, x25
     2f8: mov x19, x27
     2fc: b #0x128
     300: add sp, sp, #0x100
     304: ldp x19, x20, [sp], #0x10
     308: ldp x22, x23, [sp], #0x10
     30c: ldp x24, x25, [sp], #0x10
     310: ldp x26, x27, [sp], #0x10
     314: ldr x28, [sp], #0x10
     318: ldp x29, x30, [sp], #0x10
     31c: add sp, sp, #0xf0
     320: ret 

;; export of function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x28, [sp, #-0x10]!
       c: stp x26, x27, [sp, #-0x10]!
      10: stp x24, x25, [sp, #-0x10]!
      14: stp x22, x23, [sp, #-0x10]!
      18: stp x19, x20, [sp, #-0x10]!
      1c: sub sp, sp, #0x160
      20: stur x0, [sp, #0xf8]
      24: str x1, [sp, #0x100]
      28: str x2, [sp, #0x108]
      2c: str x3, [sp, #0x110]
      30: str x4, [sp, #0x118]
      34: str x5, [sp, #0x120]
      38: str x7, [sp, #0x128]
      3c: ldr w9, [sp, #0x1c0]
      40: str x9, [sp, #0x130]
      44: ldr w11, [sp, #0x1c8]
      48: str x11, [sp, #0x138]
      4c: ldr w13, [sp, #0x1d0]
      50: str x13, [sp, #0x140]
      54: ldr w15, [sp, #0x1d8]
      58: str x15, [sp, #0x148]
      5c: ldr w4, [sp, #0x1e0]
      60: ldr w3, [sp, #0x1e8]
      64: ldr w2, [sp, #0x1f0]
      68: ldr w1, [sp, #0x1f8]
      6c: ldr w0, [sp, #0x200]
      70: ldr w28, [sp, #0x208]
      74: ldr w27, [sp, #0x210]
      78: ldr w26, [sp, #0x218]
      7c: ldr w25, [sp, #0x220]
      80: ldr w24, [sp, #0x228]
      84: ldr w23, [sp, #0x230]
      88: ldr w22, [sp, #0x238]
      8c: ldr w20, [sp, #0x240]
      90: ldr w19, [sp, #0x248]
      94: ldr w15, [sp, #0x250]
      98: ldr w14, [sp, #0x258]
      9c: ldr w13, [sp, #0x260]
      a0: ldr w12, [sp, #0x268]
      a4: ldr w11, [sp, #0x270]
      a8: ldr w10, [sp, #0x278]
      ac: ldr w9, [sp, #0x280]
      b0: ldr w8, [sp, #0x288]
      b4: ldr w7, [sp, #0x290]
      b8: ldr w5, [sp, #0x298]
      bc: str x5, [sp, #0x150]
      c0: mov x5, x21
      c4: stur x5, [sp, #0xf0]
      c8: mov x5, #0x10000000
      cc: mov x21, x5
      d0: stur w6, [sp]
      d4: ldr x5, [sp, #0x128]
      d8: stur w5, [sp, #8]
      dc: ldr x5, [sp, #0x130]
      e0: stur w5, [sp, #0x10]
      e4: ldr x5, [sp, #0x138]
      e8: stur w5, [sp, #0x18]
      ec: ldr x5, [sp, #0x140]
      f0: stur w5, [sp, #0x20]
      f4: ldr x5, [sp, #0x148]
      f8: stur w5, [sp, #0x28]
      fc: stur w4, [sp, #0x30]
     100: stur w3, [sp, #0x38]
     104: stur w2, [sp, #0x40]
     108: stur w1, [sp, #0x48]
     10c: stur w0, [sp, #0x50]
     110: stur w28, [sp, #0x58]
     114: stur w27, [sp, #0x60]
     118: stur w26, [sp, #0x68]
     11c: stur w25, [sp, #0x70]
     120: stur w24, [sp, #0x78]
     124: stur w23, [sp, #0x80]
     128: stur w22, [sp, #0x88]
     12c: stur w20, [sp, #0x90]
     130: stur w19, [sp, #0x98]
     134: stur w15, [sp, #0xa0]
     138: stur w14, [sp, #0xa8]
     13c: stur w13, [sp, #0xb0]
     140: stur w12, [sp, #0xb8]
     144: stur w11, [sp, #0xc0]
     148: stur w10, [sp, #0xc8]
     14c: stur w9, [sp, #0xd0]
     150: stur w8, [sp, #0xd8]
     154: stur w7, [sp, #0xe0]
     158: ldr x0, [sp, #0x150]
     15c: stur w0, [sp, #0xe8]
     160: ldur x2, [sp, #0xf8]
     164: ldr x3, [sp, #0x100]
     168: ldr x4, [sp, #0x108]
     16c: ldr x5, [sp, #0x110]
     170: ldr x6, [sp, #0x118]
     174: ldr x7, [sp, #0x120]
     178: bl #0x178  ; Symbol(Function(0))
     17c: sub sp, sp, #0xf0
     180: ldur x0, [sp, #0xf0]
     184: mov x21, x0
     188: mov x0, x2
     18c: add sp, sp, #0x160
     190: ldp x19, x20, [sp], #0x10
     194: ldp x22, x23, [sp], #0x10
     198: ldp x24, x25, [sp], #0x10
     19c: ldp x26, x27, [sp], #0x10
     1a0: ldr x28, [sp], #0x10
     1a4: ldp x29, x30, [sp], #0x10
     1a8: ret 

