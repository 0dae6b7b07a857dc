;; function 0 `divide`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: cltd 
       8: testl %esi, %esi
       a: je 0x13
       c: idivl %esi  ; trap IntegerOverflow
       e: movq %rbp, %rsp
      11: popq %rbp
      12: retq 
      13: ud2   ; trap IntegerDivideByZero

;; function 1 `remainder`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: cqto 
       9: cmpq $-1, %rsi
       d: jne 0x16
       f: movl $0, %edx
      14: jmp 0x19
      16: idivq %rsi  ; trap IntegerDivideByZero
      19: movq %rdx, %rax
      1c: movq %rbp, %rsp
      1f: popq %rbp
      20: retq 

;; function 2 `truncate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: cvttsd2si %xmm0, %eax
       8: cmpl $1, %eax
       b: jno 0x32
       d: ucomisd %xmm0, %xmm0
      11: jp 0x37
      13: movabsq $13970166044105375744, %rsi
      1d: movq %rsi, %xmm3
      22: ucomisd %xmm3, %xmm0
      26: jbe 0x39
      28: xorpd %xmm3, %xmm3
      2c: ucomisd %xmm0, %xmm3
      30: jb 0x3b
      32: movq %rbp, %rsp
      35: popq %rbp
      36: retq 
      37: ud2   ; trap InvalidConversionToInteger
      39: ud2   ; trap IntegerOverflow
      3b: ud2   ; trap IntegerOverflow

;; function 3 `saturate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: cvttss2si %xmm0, %eax
       8: cmpl $1, %eax
       b: jno 0x24
       d: ucomiss %xmm0, %xmm0
      10: jnp 0x16
      12: xorl %eax, %eax
      14: jmp 0x24
      16: xorpd %xmm3, %xmm3
      1a: ucomiss %xmm0, %xmm3
      1d: jae 0x24
      1f: movl $0x7fffffff, %eax
      24: movq %rbp, %rsp
      27: popq %rbp
      28: retq 

;; function 4 `never`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: ud2   ; trap Unreachable

;; export of function 0 `divide`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1 `remainder`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2 `truncate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3 `saturate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 4 `never`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(4)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

