;; function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: leaq 0xc(%rsi), %rdi
       a: leaq (%rip), %r8  ; Symbol(Memory(0)) -4
      11: cmpq 8(%r8), %rdi
      15: ja 0x26
      1b: movl 0x10000008(%rsi), %eax
      21: movq %rbp, %rsp
      24: popq %rbp
      25: retq 
      26: ud2   ; trap MemoryOutOfBounds

;; function 1 `constant`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x10000000, %ecx
       9: movq 0x400(%rcx), %rax
      10: movq %rbp, %rsp
      13: popq %rbp
      14: retq 

;; function 2 `grow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: leaq (%rip), %rdi  ; Symbol(Memory(0)) -4
       d: callq 0x12  ; Symbol(Runtime(MemoryGrowExplicit)) -4
      12: movq %rbp, %rsp
      15: popq %rbp
      16: retq 

;; export of function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1 `constant`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2 `grow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

