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
      22: ja 0x68
      28: movq %r8, %rdi
      2b: leaq (%rdi, %rax), %rcx
      2f: cmpq %rdx, %rcx
      32: ja 0x59
      38: movq %r9, %rdi
      3b: leaq 0x10000000(%rdi), %rsi
      42: movq %r8, %rdi
      45: addq $0x10000000, %rdi
      4c: movq %rax, %rdx
      4f: callq 0x54  ; Symbol(Runtime(Memmove)) -4
      54: movq %rbp, %rsp
      57: popq %rbp
      58: retq 
      59: movq %r8, %rdi
      5c: xorl %ecx, %ecx
      5e: movq %rax, %rsi
      61: callq 0x66  ; Symbol(Runtime(OutOfBounds)) -4
      66: ud2   ; trap MemoryOutOfBounds
      68: movq %rax, %rsi
      6b: movq %r9, %rdi
      6e: xorl %ecx, %ecx
      70: callq 0x75  ; Symbol(Runtime(OutOfBounds)) -4
      75: ud2   ; trap MemoryOutOfBounds

;; function 2 `get`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: leaq (%rip), %r11  ; Symbol(Table(0)) -4
       d: movq 8(%r11), %r11
      11: cmpq %r11, %rdi
      14: jae 0x2d
      1a: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      21: movq (%rax), %rax
      24: movq (%rax, %rdi, 8), %rax
      28: movq %rbp, %rsp
      2b: popq %rbp
      2c: retq 
      2d: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      34: movq 8(%rax), %rdx
      38: movl $1, %esi
      3d: movl $2, %ecx
      42: callq 0x47  ; Symbol(Runtime(OutOfBounds)) -4
      47: ud2   ; trap TableOutOfBounds

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

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

