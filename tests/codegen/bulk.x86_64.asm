;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rax  ; Symbol(Memory(0)) -4
       b: movq 8(%rax), %rdx
       f: movl %esi, %eax
      11: leaq 0x28(%rax), %rcx
      15: movq %rax, %rsi
      18: cmpq %rdx, %rcx
      1b: ja 0x7d
      21: movl %edi, %edi
      23: leaq 0x28(%rdi), %rax
      27: movq %rdi, %rcx
      2a: cmpq %rdx, %rax
      2d: ja 0x6c
      33: movq %rsi, %rdi
      36: movdqu 0x10000000(%rdi), %xmm0
      3e: movdqu 0x10000010(%rdi), %xmm1
      46: movq 0x10000020(%rdi), %rax
      4d: movq %rcx, %rdi
      50: movdqu %xmm0, 0x10000000(%rdi)
      58: movdqu %xmm1, 0x10000010(%rdi)
      60: movq %rax, 0x10000020(%rdi)
      67: movq %rbp, %rsp
      6a: popq %rbp
      6b: retq 
      6c: movq %rcx, %rdi
      6f: movl $0x28, %esi
      74: xorl %ecx, %ecx
      76: callq 0x7b  ; Symbol(Runtime(OutOfBounds)) -4
      7b: ud2   ; trap MemoryOutOfBounds
      7d: movq %rsi, %rdi
      80: movl $0x28, %esi
      85: xorl %ecx, %ecx
      87: callq 0x8c  ; Symbol(Runtime(OutOfBounds)) -4
      8c: ud2   ; trap MemoryOutOfBounds

;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rax  ; Symbol(Memory(1)) -4
       b: movq 8(%rax), %rdx
       f: movq %rsi, %rax
      12: addq $7, %rax
      16: jb 0x80
      1c: cmpq %rdx, %rax
      1f: ja 0x6f
      25: leaq (%rip), %rax  ; Symbol(Memory(0)) -4
      2c: movq 8(%rax), %rdx
      30: movl %edi, %edi
      32: leaq 7(%rdi), %rax
      36: cmpq %rdx, %rax
      39: ja 0x61
      3f: movabsq $0x100000000000, %rax
      49: movl (%rsi, %rax), %ecx
      4c: movl 3(%rsi, %rax), %eax
      50: movl %ecx, 0x10000000(%rdi)
      56: movl %eax, 0x10000003(%rdi)
      5c: movq %rbp, %rsp
      5f: popq %rbp
      60: retq 
      61: movl $7, %esi
      66: xorl %ecx, %ecx
      68: callq 0x6d  ; Symbol(Runtime(OutOfBounds)) -4
      6d: ud2   ; trap MemoryOutOfBounds
      6f: movq %rsi, %rdi
      72: movl $7, %esi
      77: xorl %ecx, %ecx
      79: callq 0x7e  ; Symbol(Runtime(OutOfBounds)) -4
      7e: ud2   ; trap MemoryOutOfBounds
      80: ud2   ; trap MemoryOutOfBounds

;; function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %r10  ; Symbol(Memory(0)) -4
       b: movq 8(%r10), %rdx
       f: movl %edi, %edi
      11: leaq 0x30(%rdi), %r10
      15: cmpq %rdx, %r10
      18: ja 0x3f
      1e: pxor %xmm0, %xmm0
      22: movdqu %xmm0, 0x10000000(%rdi)
      2a: movdqu %xmm0, 0x10000010(%rdi)
      32: movdqu %xmm0, 0x10000020(%rdi)
      3a: movq %rbp, %rsp
      3d: popq %rbp
      3e: retq 
      3f: movl $0x30, %esi
      44: xorl %ecx, %ecx
      46: callq 0x4b  ; Symbol(Runtime(OutOfBounds)) -4
      4b: ud2   ; trap MemoryOutOfBounds

;; function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rax  ; Symbol(Memory(1)) -4
       b: movq 8(%rax), %rdx
       f: movq %rdi, %rax
      12: addq $0x14, %rax
      16: jb 0x64
      1c: cmpq %rdx, %rax
      1f: ja 0x56
      25: movd %esi, %xmm0
      29: pxor %xmm1, %xmm1
      2d: pshufb %xmm1, %xmm0
      32: movabsq $0x100000000000, %rax
      3c: movdqu %xmm0, (%rdi, %rax)
      41: andl $0xff, %esi
      47: imull $0x1010101, %esi, %ecx
      4d: movl %ecx, 0x10(%rdi, %rax)
      51: movq %rbp, %rsp
      54: popq %rbp
      55: retq 
      56: movl $0x14, %esi
      5b: xorl %ecx, %ecx
      5d: callq 0x62  ; Symbol(Runtime(OutOfBounds)) -4
      62: ud2   ; trap MemoryOutOfBounds
      64: ud2   ; trap MemoryOutOfBounds

;; function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rax  ; Symbol(Memory(0)) -4
       b: movq 8(%rax), %rdx
       f: movl %esi, %eax
      11: leaq 0x3e8(%rax), %rcx
      18: movq %rax, %r8
      1b: cmpq %rdx, %rcx
      1e: ja 0x64
      24: movl %edi, %edi
      26: leaq 0x3e8(%rdi), %rax
      2d: cmpq %rdx, %rax
      30: ja 0x56
      36: addq $0x10000000, %rdi
      3d: movq %r8, %rax
      40: leaq 0x10000000(%rax), %rsi
      47: movl $0x3e8, %edx
      4c: callq 0x51  ; Symbol(Runtime(Memmove)) -4
      51: movq %rbp, %rsp
      54: popq %rbp
      55: retq 
      56: movl $0x3e8, %esi
      5b: xorl %ecx, %ecx
      5d: callq 0x62  ; Symbol(Runtime(OutOfBounds)) -4
      62: ud2   ; trap MemoryOutOfBounds
      64: movl $0x3e8, %esi
      69: xorl %ecx, %ecx
      6b: movq %r8, %rdi
      6e: callq 0x73  ; Symbol(Runtime(OutOfBounds)) -4
      73: ud2   ; trap MemoryOutOfBounds

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(4)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

