;; function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: stp x19, x20, [sp, #-0x10]!
       c: mov x19, x3
      10: mov x20, x2
      14: mov x12, #0x10000000
      18: ldr x2, [x12]
      1c: ldr x12, [x12, #8]
      20: add x13, x2, #0x10
      24: cmp x13, x12
      28: b.hi #0x5c
      2c: add x14, x2, #0x10
      30: mov x15, #0x10000000
      34: str x14, [x15]
      38: mov w0, #4
      3c: str w0, [x2]
      40: mov x0, x20
      44: str w0, [x2, #4]
      48: mov x3, x19
      4c: str w3, [x2, #8]
      50: ldp x19, x20, [sp], #0x10
      54: ldp x29, x30, [sp], #0x10
      58: ret 
      5c: mov x0, #0x10
      60: bl #0x60  ; Symbol(Runtime(HeapRoom))
      64: mov x2, x0
      68: b #0x38

;; function 1
       0: str w3, [x2, #8]  ; trap NullStructure
       4: mov w6, #1
       8: lsr x7, x2, #9
       c: mov x8, #0x10000000
      10: strb w6, [x7, x8]
      14: ret 

;; function 2
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: ldr w5, [x2]  ; trap CastFailure
       c: cmp w5, #5
      10: b.ne #0x24
      14: ldr d16, [x2, #0x10]
      18: fadd d0, d16, d16
      1c: ldp x29, x30, [sp], #0x10
      20: ret 
      24: mov x0, x2
      28: mov w1, #5
      2c: bl #0x2c  ; Symbol(Runtime(HeapCastFailure))
      30: udf #0xc11f  ; trap CastFailure

;; export of function 0
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
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: mov x2, x0
      20: bl #0x20  ; Symbol(Function(2))
      24: ldur x7, [sp]
      28: mov x21, x7
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

