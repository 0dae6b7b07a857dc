;; function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: leaq (%rip), %r8  ; Symbol(Memory(0)) -4
       d: movq 8(%r8), %r9
      11: leaq 0xc(%rdi), %r8
      15: cmpq %r9, %r8
      18: ja 0x25
      1a: movl 0x10000008(%rdi), %eax
      20: movq %rbp, %rsp
      23: popq %rbp
      24: retq 
      25: movl $8, %r10d
      2b: movq %r8, (%r10)
      2e: ud2   ; trap MemoryOutOfBounds

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

