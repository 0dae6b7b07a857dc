;; function 0
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: stp x19, x20, [sp, #-0x10]!
       c: mov x19, x3
      10: mov x20, x2
      14: mov x10, #0x10000000
      18: ldr x2, [x10]
      1c: add x11, x2, #0x10
      20: ldr x12, [x10, #8]
      24: cmp x11, x12
      28: b.hi #0x54
      2c: str x11, [x10]
      30: mov w15, #4
      34: str w15, [x2]
      38: mov x0, x20
      3c: str w0, [x2, #4]
      40: mov x3, x19
      44: str w3, [x2, #8]
      48: ldp x19, x20, [sp], #0x10
      4c: ldp x29, x30, [sp], #0x10
      50: ret 
      54: mov x0, #0x10
      58: bl #0x58  ; Symbol(Runtime(HeapRoom))
      5c: mov x2, x0
      60: b #0x30

;; function 1
       0: str w3, [x2, #8]  ; trap NullStructure
       4: lsr x6, x2, #9
       8: mov w7, #1
       c: mov x8, #0x10000000
      10: strb w7, [x6, x8]
      14: ret 

;; function 2
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: ldr w6, [x2]  ; trap CastFailure
       c: cmp w6, #5
      10: b.ne #0x28
      14: ldr d16, [x2, #0x10]
      18: ldr d17, [x2, #0x10]
      1c: fadd d0, d16, d17
      20: ldp x29, x30, [sp], #0x10
      24: ret 
      28: mov x0, x2
      2c: mov w1, #5
      30: bl #0x30  ; Symbol(Runtime(HeapCastFailure))
      34: udf #0xc11f  ; trap CastFailure

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

