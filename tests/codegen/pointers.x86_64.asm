;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %eax, %eax
       6: movl %edi, %esi
       8: testl %esi, %esi
       a: je 0x1a
       c: addl 0x10000004(%rsi), %eax
      12: movl 0x10000000(%rsi), %esi
      18: jmp 8
      1a: movq %rbp, %rsp
      1d: popq %rbp
      1e: retq 

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

