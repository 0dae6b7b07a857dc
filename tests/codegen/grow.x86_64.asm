;; function 0 `grow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: leaq (%rip), %rdi  ; Symbol(Memory(0)) -4
       d: callq 0x12  ; Symbol(Runtime(MemoryGrow)) -4
      12: leaq (%rip), %r8  ; Symbol(Memory(0)) -4
      19: movq 8(%r8), %rdi
      1d: shrq $0x10, %rdi
      21: addl %edi, %eax
      23: movq %rbp, %rsp
      26: popq %rbp
      27: retq 

;; function 1 `copy`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edx, %eax
       6: movl %esi, %ecx
       8: movl %edi, %edi
       a: movq %rdi, %r8
       d: leaq (%rip), %rdx  ; Symbol(Memory(0)) -4
      14: movq 8(%rdx), %rdx
      18: leaq (%rcx, %rax), %rsi
      1c: movq %rcx, %r9
      1f: cmpq %rdx, %rsi
      22: ja 0x60
      24: movq %r8, %rdi
      27: leaq (%rdi, %rax), %rcx
      2b: cmpq %rdx, %rcx
      2e: ja 0x51
      30: movq %r9, %rdi
      33: leaq 0x10000000(%rdi), %rsi
      3a: movq %r8, %rdi
      3d: addq $0x10000000, %rdi
      44: movq %rax, %rdx
      47: callq 0x4c  ; Symbol(Runtime(Memmove)) -4
      4c: movq %rbp, %rsp
      4f: popq %rbp
      50: retq 
      51: movq %r8, %rdi
      54: xorl %ecx, %ecx
      56: movq %rax, %rsi
      59: callq 0x5e  ; Symbol(Runtime(OutOfBounds)) -4
      5e: ud2   ; trap MemoryOutOfBounds
      60: movq %rax, %rsi
      63: movq %r9, %rdi
      66: xorl %ecx, %ecx
      68: callq 0x6d  ; Symbol(Runtime(OutOfBounds)) -4
      6d: ud2   ; trap MemoryOutOfBounds

;; function 2 `get`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: leaq (%rip), %r11  ; Symbol(Table(0)) -4
       d: movq 8(%r11), %r11
      11: cmpq %r11, %rdi
      14: jae 0x29
      16: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      1d: movq (%rax), %rax
      20: movq (%rax, %rdi, 8), %rax
      24: movq %rbp, %rsp
      27: popq %rbp
      28: retq 
      29: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      30: movq 8(%rax), %rdx
      34: movl $1, %esi
      39: movl $2, %ecx
      3e: callq 0x43  ; Symbol(Runtime(OutOfBounds)) -4
      43: ud2   ; trap TableOutOfBounds

;; function 3 `grow_table`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rdx
       7: movl %esi, %esi
       9: leaq (%rip), %rdi  ; Symbol(Table(0)) -4
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

