;; function 0 `sum`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %eax, %eax
       6: movl %edi, %edi
       8: movl 0x10000010(%rdi), %ecx
       e: addl %ecx, %eax
      10: movl %eax, 0x10000020(%rdi)
      16: subl $1, %esi
      19: addl $4, %edi
      1c: testl %esi, %esi
      1e: jne 8
      20: movq %rbp, %rsp
      23: popq %rbp
      24: retq 

;; export of function 0 `sum`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

