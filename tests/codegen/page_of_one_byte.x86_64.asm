;; function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: leaq (%rip), %r8  ; Symbol(Memory(0)) -4
       d: movq 8(%r8), %r9
      11: leaq 0xa(%rdi), %r8
      15: cmpq %r9, %r8
      18: ja 0x27
      1a: movzwq 0x10000008(%rdi), %rax
      22: movq %rbp, %rsp
      25: popq %rbp
      26: retq 
      27: movl $4, %r10d
      2d: movq %r8, (%r10)
      30: ud2   ; trap MemoryOutOfBounds

;; export of function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

