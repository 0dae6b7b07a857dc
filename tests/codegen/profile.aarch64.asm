;; function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: str x24, [sp, #-0x10]!
       c: stp x22, x23, [sp, #-0x10]!
      10: stp x19, x20, [sp, #-0x10]!
      14: mov x3, x2
      18: mov x20, x21
      1c: mov w2, #0
      20: mov x24, x2
      24: adrp x22, #0  ; Symbol(TableElements(0))
      28: add x22, x22, #0  ; Symbol(TableElements(0))
      2c: adrp x23, #0  ; Symbol(Function(0)) -16
      30: add x23, x23, #0  ; Symbol(Function(0)) -16
      34: ldr x0, [x22]
      38: cmp x0, x23
      3c: b.ne #0x8c
      40: mov x2, x24
      44: mov x19, x3
      48: add w0, w2, w19
      4c: mov w1, #0x5555
      50: eor w2, w0, w1
      54: mov x24, x2
      58: mov w0, #-1
      5c: cmp w19, w0
      60: b.eq #0xc0
      64: sub w19, w19, #1
      68: cbz w19, #0x74
      6c: mov x3, x19
      70: b #0x34
      74: mov x2, x24
      78: ldp x19, x20, [sp], #0x10
      7c: ldp x22, x23, [sp], #0x10
      80: ldr x24, [sp], #0x10
      84: ldp x29, x30, [sp], #0x10
      88: ret 
      8c: ldr w1, [x0]  ; trap UninitializedElement
      90: cmp w1, #1
      94: b.ne #0xb4
      98: add x0, x0, #0x10
      9c: mov x2, x24
      a0: mov x19, x3
      a4: add w2, w2, w19
      a8: blr x0
      ac: mov x24, x2
      b0: b #0x58
      b4: mov w1, #1
      b8: bl #0xb8  ; Symbol(Runtime(TypeMismatch))
      bc: udf #0xc11f  ; trap IndirectCallTypeMismatch
      c0: mov x2, x24
      c4: bl #0xc4  ; Symbol(Function(2))
      c8: str w2, [x20, #8]
      cc: b #0x64

;; function 0 `mix`
       0: mov w3, #0x5555
       4: eor w2, w2, w3
       8: ret 

;; function 1 `negate`
       0: mov w3, #0
       4: sub w2, w3, w2
       8: ret 

;; export of function 3
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(3))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: mov x0, x2
      30: add sp, sp, #0x10
      34: ldp x29, x30, [sp], #0x10
      38: ret 

;; function 2 `rare`
       0: mov x6, x21
       4: and w7, w2, #0xffc
       8: ldr w6, [x6, w7, uxtw]
       c: mov w5, #7
      10: udiv w2, w6, w5
      14: ret 

