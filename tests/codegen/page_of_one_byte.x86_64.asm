;; function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: leaq 0xa(%rsi), %rdi
       a: leaq (%rip), %r8  ; Symbol(Memory(0)) -4
      11: cmpq 8(%r8), %rdi
      15: ja 0x28
      1b: movzwq 0x10000008(%rsi), %rax
      23: movq %rbp, %rsp
      26: popq %rbp
      27: retq 
      28: ud2   ; trap MemoryOutOfBounds

;; export of function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

