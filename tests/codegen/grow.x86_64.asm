;; function 0 `grow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: movq %r12, (%rsp)
       c: leaq (%rip), %r12  ; Symbol(Memory(0)) -4
      13: movl %edi, %esi
      15: movq %r12, %rdi
      18: callq 0x1d  ; Symbol(Runtime(MemoryGrow)) -4
      1d: movq 8(%r12), %rsi
      22: shrq $0x10, %rsi
      26: addl %esi, %eax
      28: movq (%rsp), %r12
      2c: addq $0x10, %rsp
      30: movq %rbp, %rsp
      33: popq %rbp
      34: retq 

;; function 1 `copy`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rax  ; Symbol(Memory(0)) -4
       b: movq 8(%rax), %rcx
       f: movl %esi, %eax
      11: movl %edx, %edx
      13: leaq (%rax, %rdx), %rsi
      17: cmpq %rcx, %rsi
      1a: ja 0x47
      20: movl %edi, %esi
      22: leaq (%rsi, %rdx), %rdi
      26: cmpq %rcx, %rdi
      29: ja 0x49
      2f: leaq 0x10000000(%rsi), %rdi
      36: leaq 0x10000000(%rax), %rsi
      3d: callq 0x42  ; Symbol(Runtime(Memmove)) -4
      42: movq %rbp, %rsp
      45: popq %rbp
      46: retq 
      47: ud2   ; trap MemoryOutOfBounds
      49: ud2   ; trap MemoryOutOfBounds

;; function 2 `get`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rsi  ; Symbol(Table(0)) -4
       b: movl %edi, %edi
       d: cmpq 8(%rsi), %rdi
      11: jae 0x23
      17: movq (%rsi), %r8
      1a: movq (%r8, %rdi, 8), %rax
      1e: movq %rbp, %rsp
      21: popq %rbp
      22: retq 
      23: ud2   ; trap TableOutOfBounds

;; function 3 `grow_table`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rdx
       7: leaq (%rip), %rdi  ; Symbol(Table(0)) -4
       e: movl %esi, %esi
      10: callq 0x15  ; Symbol(Runtime(TableGrow)) -4
      15: movq %rbp, %rsp
      18: popq %rbp
      19: retq 

;; export of function 0 `grow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1 `copy`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2 `get`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3 `grow_table`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

