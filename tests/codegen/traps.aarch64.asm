;; function 0 `divide`
       0: cbz w3, #0x18
       4: cmn w3, #1
       8: ccmp w2, #1, #0, eq
       c: b.vs #0x1c
      10: sdiv w2, w2, w3
      14: ret 
      18: udf #0xc11f  ; trap IntegerDivideByZero
      1c: udf #0xc11f  ; trap IntegerOverflow

;; function 1 `remainder`
       0: cbz x3, #0x10
       4: sdiv x4, x2, x3
       8: msub x2, x4, x3, x2
       c: ret 
      10: udf #0xc11f  ; trap IntegerDivideByZero

;; function 2 `truncate`
       0: fcmp d0, d0
       4: b.vs #0x2c
       8: ldr d4, #0x38
       c: fcmp d0, d4
      10: b.le #0x30
      14: mov x8, #0x41e0000000000000
      18: fmov d16, x8
      1c: fcmp d0, d16
      20: b.ge #0x34
      24: fcvtzs w2, d0
      28: ret 
      2c: udf #0xc11f  ; trap InvalidConversionToInteger
      30: udf #0xc11f  ; trap IntegerOverflow
      34: udf #0xc11f  ; trap IntegerOverflow
      38: .byte 0x00, 0x00, 0x20, 0x00
      3c: .byte 0x00, 0x00, 0xe0, 0xc1

;; function 3 `saturate`
       0: fcvtzs w2, s0
       4: ret 

;; function 4 `never`
       0: udf #0xc11f  ; trap Unreachable

;; export of function 0 `divide`
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

;; export of function 1 `remainder`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x6, x21
      10: stur x6, [sp]
      14: mov x7, #0x10000000
      18: mov x21, x7
      1c: mov x2, x0
      20: mov x3, x1
      24: bl #0x24  ; Symbol(Function(1))
      28: ldur x8, [sp]
      2c: mov x21, x8
      30: mov x0, x2
      34: add sp, sp, #0x10
      38: ldp x29, x30, [sp], #0x10
      3c: ret 

;; export of function 2 `truncate`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: bl #0x1c  ; Symbol(Function(2))
      20: ldur x7, [sp]
      24: mov x21, x7
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; export of function 3 `saturate`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x5, x21
      10: stur x5, [sp]
      14: mov x6, #0x10000000
      18: mov x21, x6
      1c: bl #0x1c  ; Symbol(Function(3))
      20: ldur x7, [sp]
      24: mov x21, x7
      28: mov x0, x2
      2c: add sp, sp, #0x10
      30: ldp x29, x30, [sp], #0x10
      34: ret 

;; export of function 4 `never`
       0: stp x29, x30, [sp, #-0x10]!
       4: mov x29, sp
       8: sub sp, sp, #0x10
       c: mov x2, x21
      10: stur x2, [sp]
      14: mov x3, #0x10000000
      18: mov x21, x3
      1c: bl #0x1c  ; Symbol(Function(4))
      20: ldur x5, [sp]
      24: mov x21, x5
      28: add sp, sp, #0x10
      2c: ldp x29, x30, [sp], #0x10
      30: ret 

