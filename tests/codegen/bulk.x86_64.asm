;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x28, %eax
       9: movq %rax, %r9
       c: movl %esi, %eax
       e: movl %edi, %edi
      10: movq %rdi, %rsi
      13: leaq (%rip), %rcx  ; Symbol(Memory(0)) -4
      1a: movq 8(%rcx), %rdx
      1e: leaq 0x28(%rax), %rcx
      22: movq %rax, %r8
      25: cmpq %rdx, %rcx
      28: ja 0x7e
      2a: movq %rsi, %rdi
      2d: leaq 0x28(%rdi), %rax
      31: cmpq %rdx, %rax
      34: ja 0x6f
      36: movq %r8, %rdi
      39: movdqu 0x10000000(%rdi), %xmm0
      41: movdqu 0x10000010(%rdi), %xmm1
      49: movq 0x10000020(%rdi), %rax
      50: movq %rsi, %rdi
      53: movdqu %xmm0, 0x10000000(%rdi)
      5b: movdqu %xmm1, 0x10000010(%rdi)
      63: movq %rax, 0x10000020(%rdi)
      6a: movq %rbp, %rsp
      6d: popq %rbp
      6e: retq 
      6f: movq %rsi, %rdi
      72: xorl %ecx, %ecx
      74: movq %r9, %rsi
      77: callq 0x7c  ; Symbol(Runtime(OutOfBounds)) -4
      7c: ud2   ; trap MemoryOutOfBounds
      7e: movq %r9, %rsi
      81: movq %r8, %rdi
      84: xorl %ecx, %ecx
      86: callq 0x8b  ; Symbol(Runtime(OutOfBounds)) -4
      8b: ud2   ; trap MemoryOutOfBounds

;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $7, %eax
       9: movq %rax, %r8
       c: movl %edi, %edi
       e: leaq (%rip), %rax  ; Symbol(Memory(1)) -4
      15: movq 8(%rax), %rdx
      19: leaq 7(%rsi), %rcx
      1d: cmpq %rdx, %rcx
      20: seta %al
      23: cmpq %rcx, %rsi
      26: seta %cl
      29: orl %ecx, %eax
      2b: testb %al, %al
      2d: jne 0x71
      2f: leaq (%rip), %rax  ; Symbol(Memory(0)) -4
      36: movq 8(%rax), %rdx
      3a: leaq 7(%rdi), %rax
      3e: cmpq %rdx, %rax
      41: ja 0x65
      43: movabsq $0x100000000000, %rax
      4d: movl (%rsi, %rax), %ecx
      50: movl 3(%rsi, %rax), %eax
      54: movl %ecx, 0x10000000(%rdi)
      5a: movl %eax, 0x10000003(%rdi)
      60: movq %rbp, %rsp
      63: popq %rbp
      64: retq 
      65: xorl %ecx, %ecx
      67: movq %r8, %rsi
      6a: callq 0x6f  ; Symbol(Runtime(OutOfBounds)) -4
      6f: ud2   ; trap MemoryOutOfBounds
      71: movq %rsi, %rdi
      74: movq %r8, %rsi
      77: xorl %ecx, %ecx
      79: callq 0x7e  ; Symbol(Runtime(OutOfBounds)) -4
      7e: ud2   ; trap MemoryOutOfBounds

;; function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x30, %esi
       9: movl %edi, %edi
       b: leaq (%rip), %r10  ; Symbol(Memory(0)) -4
      12: movq 8(%r10), %rdx
      16: leaq 0x30(%rdi), %r10
      1a: cmpq %rdx, %r10
      1d: ja 0x40
      1f: pxor %xmm0, %xmm0
      23: movdqu %xmm0, 0x10000000(%rdi)
      2b: movdqu %xmm0, 0x10000010(%rdi)
      33: movdqu %xmm0, 0x10000020(%rdi)
      3b: movq %rbp, %rsp
      3e: popq %rbp
      3f: retq 
      40: xorl %ecx, %ecx
      42: callq 0x47  ; Symbol(Runtime(OutOfBounds)) -4
      47: ud2   ; trap MemoryOutOfBounds

;; function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x14, %eax
       9: movq %rax, %r8
       c: leaq (%rip), %rax  ; Symbol(Memory(1)) -4
      13: movq 8(%rax), %rdx
      17: leaq 0x14(%rdi), %rcx
      1b: cmpq %rdx, %rcx
      1e: seta %al
      21: cmpq %rcx, %rdi
      24: seta %cl
      27: orl %ecx, %eax
      29: testb %al, %al
      2b: jne 0x60
      2d: movabsq $0x100000000000, %rax
      37: movd %esi, %xmm0
      3b: pxor %xmm1, %xmm1
      3f: pshufb %xmm1, %xmm0
      44: movdqu %xmm0, (%rdi, %rax)
      49: andl $0xff, %esi
      4f: imulq 0x19(%rip), %rsi
      57: movl %esi, 0x10(%rdi, %rax)
      5b: movq %rbp, %rsp
      5e: popq %rbp
      5f: retq 
      60: xorl %ecx, %ecx
      62: movq %r8, %rsi
      65: callq 0x6a  ; Symbol(Runtime(OutOfBounds)) -4
      6a: ud2   ; trap MemoryOutOfBounds
      6c: int3 
      6d: int3 
      6e: int3 
      6f: int3 
      70: addl %eax, (%rcx)
      72: addl %eax, (%rcx)
      74: addl %eax, (%rcx)
      76: addl %eax, (%rcx)

;; function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x3e8, %eax
       9: movl %esi, %ecx
       b: movl %edi, %edi
       d: movq %rdi, %r8
      10: leaq (%rip), %rdx  ; Symbol(Memory(0)) -4
      17: movq 8(%rdx), %rdx
      1b: leaq 0x3e8(%rcx), %rsi
      22: movq %rcx, %r9
      25: cmpq %rdx, %rsi
      28: ja 0x69
      2a: movq %r8, %rdi
      2d: leaq 0x3e8(%rdi), %rcx
      34: cmpq %rdx, %rcx
      37: ja 0x5a
      39: movq %r9, %rdi
      3c: leaq 0x10000000(%rdi), %rsi
      43: movq %r8, %rdi
      46: addq $0x10000000, %rdi
      4d: movq %rax, %rdx
      50: callq 0x55  ; Symbol(Runtime(Memmove)) -4
      55: movq %rbp, %rsp
      58: popq %rbp
      59: retq 
      5a: movq %r8, %rdi
      5d: xorl %ecx, %ecx
      5f: movq %rax, %rsi
      62: callq 0x67  ; Symbol(Runtime(OutOfBounds)) -4
      67: ud2   ; trap MemoryOutOfBounds
      69: movq %rax, %rsi
      6c: movq %r9, %rdi
      6f: xorl %ecx, %ecx
      71: callq 0x76  ; Symbol(Runtime(OutOfBounds)) -4
      76: ud2   ; trap MemoryOutOfBounds

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

