;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: vaddpd 0x10000000(%rsi), %xmm0, %xmm0
       e: movq %rbp, %rsp
      11: popq %rbp
      12: retq 

;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: vmovdqu 0x10000000(%rsi), %xmm6
       e: vmulpd %xmm6, %xmm0, %xmm7
      12: vaddpd %xmm6, %xmm7, %xmm0
      16: movq %rbp, %rsp
      19: popq %rbp
      1a: retq 

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

