;; function 0 `narrow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: movsbq 0x10000000(%rsi), %rax
       e: movq %rbp, %rsp
      11: popq %rbp
      12: retq 

;; function 1 `wide`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: movq %rsi, 0x10000008(%rdi)
       d: movq %rbp, %rsp
      10: popq %rbp
      11: retq 

;; function 2 `float`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: movsd 0x10000000(%rsi), %xmm0
       e: movq %rbp, %rsp
      11: popq %rbp
      12: retq 

;; function 3 `far`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: movabsq $0x10ffffff0, %rdi
      10: movl (%rsi, %rdi), %eax
      13: movq %rbp, %rsp
      16: popq %rbp
      17: retq 

;; function 4 `constant`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x10000000, %ecx
       9: movl 0x400(%rcx), %eax
       f: movq %rbp, %rsp
      12: popq %rbp
      13: retq 

;; export of function 0 `narrow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1 `wide`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2 `float`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3 `far`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 4 `constant`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(4)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

