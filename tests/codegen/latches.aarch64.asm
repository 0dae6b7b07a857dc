;; function 0
       0: mov x0, x21
       4: mov x6, x3
       8: ldrb w1, [x0, w2, uxtw]
       c: cmp w1, #8
      10: mov x3, #8
      14: csel x3, x1, x3, lo
      18: adr x5, #0x28
      1c: ldrsw x3, [x5, w3, uxtw #2]
      20: add x5, x5, x3
      24: br x5
      28: udf #0x9c
      2c: udf #0x88
      30: udf #0x78
      34: udf #0x68
      38: udf #0x58
      3c: udf #0x44
      40: udf #0x38
      44: udf #0x24
      48: udf #0xb0
      4c: mov x1, x6
      50: lsl w1, w1, #1
      54: mov x6, x1
      58: add w2, w2, #1
      5c: b #8
      60: add w2, w2, #1
      64: mov x4, x6
      68: b #8
      6c: mov x1, x6
      70: eor w1, w1, w4
      74: mov x6, x1
      78: add w2, w2, #1
      7c: b #8
      80: mov x1, x6
      84: str w4, [x0, w1, uxtw]
      88: add w2, w2, #1
      8c: b #8
      90: mov x1, x6
      94: ldr w4, [x0, w1, uxtw]
      98: add w2, w2, #1
      9c: b #8
      a0: mov x1, x6
      a4: mul w4, w1, w4
      a8: add w2, w2, #1
      ac: b #8
      b0: mov x1, x6
      b4: sub w1, w1, w4
      b8: mov x6, x1
      bc: add w2, w2, #1
      c0: b #8
      c4: mov x1, x6
      c8: add w1, w1, w4
      cc: mov x6, x1
      d0: add w2, w2, #1
      d4: b #8
      d8: mov x2, x6
      dc: ret 

;; export of function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x7, x21
      10: stur x7, [sp]
      14: mov x8, #0x10000000
      18: mov x21, x8
      1c: mov x4, x2
      20: mov x3, x1
      24: mov x2, x0
      28: bl #0x28  ; Symbol(Function(0))
      2c: ldur x9, [sp]
      30: mov x21, x9
      34: mov x0, x2
      38: add sp, sp, #0x10
      3c: ldp x29, x30, [sp], #0x10
      40: ret 

