;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: leaq (%rsp), %rax
       c: movl %edi, (%rsp)
       f: xorpd %xmm0, %xmm0
      13: movsd %xmm0, 8(%rsp)
      19: movsd 8(%rsp), %xmm0
      1f: xorpd %xmm1, %xmm1
      23: movl (%rax), %ecx
      25: cvtsi2sdq %rcx, %xmm1
      2a: addsd %xmm1, %xmm0
      2e: movsd %xmm0, 8(%rsp)
      34: movl (%rsp), %ecx
      37: subl $1, %ecx
      3a: movl %ecx, (%rsp)
      3d: testl %ecx, %ecx
      3f: jne 0x19
      41: movsd 8(%rsp), %xmm0
      47: addq $0x10, %rsp
      4b: movq %rbp, %rsp
      4e: popq %rbp
      4f: retq 

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

