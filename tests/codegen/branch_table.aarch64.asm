;; function 0 `choose`
       0: cmp w2, #3
       4: mov x9, #3
       8: csel x9, x2, x9, lo
       c: adr x8, #0x1c
      10: ldrsw x9, [x8, w9, uxtw #2]
      14: add x8, x8, x9
      18: br x8
      1c: udf #0x20
      20: udf #0x18
      24: udf #0x10
      28: udf #0x28
      2c: mov w2, #0x12e
      30: ret 
      34: mov w2, #0xc9
      38: ret 
      3c: mov w2, #0x64
      40: ret 
      44: mov w2, #0x193
      48: ret 

;; export of function 0 `choose`
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

