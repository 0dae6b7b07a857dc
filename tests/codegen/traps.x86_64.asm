;; function 0 `divide`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: cltd 
       8: testl %esi, %esi
       a: je 0x17
      10: idivl %esi  ; trap IntegerOverflow
      12: movq %rbp, %rsp
      15: popq %rbp
      16: retq 
      17: ud2   ; trap IntegerDivideByZero

;; function 1 `remainder`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: cqto 
       9: cmpq $-1, %rsi
       d: jne 0x1d
      13: movl $0, %edx
      18: jmp 0x20
      1d: idivq %rsi  ; trap IntegerDivideByZero
      20: movq %rdx, %rax
      23: movq %rbp, %rsp
      26: popq %rbp
      27: retq 

;; function 2 `truncate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: cvttsd2si %xmm0, %eax
       8: cmpl $1, %eax
       b: jno 0x42
      11: ucomisd %xmm0, %xmm0
      15: jp 0x47
      1b: movabsq $13970166044105375744, %rsi
      25: movq %rsi, %xmm3
      2a: ucomisd %xmm3, %xmm0
      2e: jbe 0x49
      34: xorpd %xmm3, %xmm3
      38: ucomisd %xmm0, %xmm3
      3c: jb 0x4b
      42: movq %rbp, %rsp
      45: popq %rbp
      46: retq 
      47: ud2   ; trap InvalidConversionToInteger
      49: ud2   ; trap IntegerOverflow
      4b: ud2   ; trap IntegerOverflow

;; function 3 `saturate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: cvttss2si %xmm0, %eax
       8: cmpl $1, %eax
       b: jno 0x33
      11: ucomiss %xmm0, %xmm0
      14: jnp 0x21
      1a: xorl %eax, %eax
      1c: jmp 0x33
      21: xorpd %xmm3, %xmm3
      25: ucomiss %xmm0, %xmm3
      28: jae 0x33
      2e: movl $0x7fffffff, %eax
      33: movq %rbp, %rsp
      36: popq %rbp
      37: retq 

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

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

