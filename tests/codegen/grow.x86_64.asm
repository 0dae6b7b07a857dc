;; function 0 `grow`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %r10
       7: leaq (%rip), %rdi  ; Symbol(Memory(0)) -4
       e: movl %r10d, %esi
      11: callq 0x16  ; Symbol(Runtime(MemoryGrow)) -4
      16: leaq (%rip), %r8  ; Symbol(Memory(0)) -4
      1d: movq 8(%r8), %rdi
      21: shrq $0x10, %rdi
      25: addl %edi, %eax
      27: movq %rbp, %rsp
      2a: popq %rbp
      2b: retq 

;; function 1 `copy`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %r9
       7: leaq (%rip), %rax  ; Symbol(Memory(0)) -4
       e: movq 8(%rax), %rax
      12: movq %rax, %r8
      15: movl %esi, %edi
      17: movl %edx, %eax
      19: leaq (%rdi, %rax), %rcx
      1d: movq %r8, %rdx
      20: movq %rdi, %r10
      23: cmpq %rdx, %rcx
      26: ja 0x6b
      2c: movq %r9, %rdi
      2f: movl %edi, %edi
      31: leaq (%rdi, %rax), %rcx
      35: movq %r8, %rdx
      38: cmpq %rdx, %rcx
      3b: ja 0x5f
      41: addq $0x10000000, %rdi
      48: movq %r10, %rcx
      4b: leaq 0x10000000(%rcx), %rsi
      52: movq %rax, %rdx
      55: callq 0x5a  ; Symbol(Runtime(Memmove)) -4
      5a: movq %rbp, %rsp
      5d: popq %rbp
      5e: retq 
      5f: xorl %ecx, %ecx
      61: movq %rax, %rsi
      64: callq 0x69  ; Symbol(Runtime(OutOfBounds)) -4
      69: ud2   ; trap MemoryOutOfBounds
      6b: movq %r8, %rdx
      6e: movq %rax, %rsi
      71: xorl %ecx, %ecx
      73: movq %r10, %rdi
      76: callq 0x7b  ; Symbol(Runtime(OutOfBounds)) -4
      7b: ud2   ; trap MemoryOutOfBounds

;; function 2 `get`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %r9  ; Symbol(Table(0)) -4
       b: movq 8(%r9), %rdx
       f: movl %edi, %edi
      11: cmpq %rdx, %rdi
      14: jae 0x2d
      1a: leaq (%rip), %r11  ; Symbol(Table(0)) -4
      21: movq (%r11), %r11
      24: movq (%r11, %rdi, 8), %rax
      28: movq %rbp, %rsp
      2b: popq %rbp
      2c: retq 
      2d: movl $1, %esi
      32: movl $2, %ecx
      37: callq 0x3c  ; Symbol(Runtime(OutOfBounds)) -4
      3c: ud2   ; trap TableOutOfBounds

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

