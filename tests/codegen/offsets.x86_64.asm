;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %r8d
       7: movq 0x10000000(%r8), %r9
       e: movq 0xffffff8(%r8), %r10
      15: movq 0xfffffe8(%r8), %rdi
      1c: addq 0x10000004(%r8), %rdi
      23: leaq (%r10, %rdi), %r8
      27: leaq (%r9, %r8), %rax
      2b: movq %rbp, %rsp
      2e: popq %rbp
      2f: retq 

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

