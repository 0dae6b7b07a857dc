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
      28: ja 0x86
      2e: movq %rsi, %rdi
      31: leaq 0x28(%rdi), %rax
      35: cmpq %rdx, %rax
      38: ja 0x77
      3e: movq %r8, %rdi
      41: movdqu 0x10000000(%rdi), %xmm0
      49: movdqu 0x10000010(%rdi), %xmm1
      51: movq 0x10000020(%rdi), %rax
      58: movq %rsi, %rdi
      5b: movdqu %xmm0, 0x10000000(%rdi)
      63: movdqu %xmm1, 0x10000010(%rdi)
      6b: movq %rax, 0x10000020(%rdi)
      72: movq %rbp, %rsp
      75: popq %rbp
      76: retq 
      77: movq %rsi, %rdi
      7a: xorl %ecx, %ecx
      7c: movq %r9, %rsi
      7f: callq 0x84  ; Symbol(Runtime(OutOfBounds)) -4
      84: ud2   ; trap MemoryOutOfBounds
      86: movq %r9, %rsi
      89: movq %r8, %rdi
      8c: xorl %ecx, %ecx
      8e: callq 0x93  ; Symbol(Runtime(OutOfBounds)) -4
      93: ud2   ; trap MemoryOutOfBounds

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
      2d: jne 0x79
      33: leaq (%rip), %rax  ; Symbol(Memory(0)) -4
      3a: movq 8(%rax), %rdx
      3e: leaq 7(%rdi), %rax
      42: cmpq %rdx, %rax
      45: ja 0x6d
      4b: movabsq $0x100000000000, %rax
      55: movl (%rsi, %rax), %ecx
      58: movl 3(%rsi, %rax), %eax
      5c: movl %ecx, 0x10000000(%rdi)
      62: movl %eax, 0x10000003(%rdi)
      68: movq %rbp, %rsp
      6b: popq %rbp
      6c: retq 
      6d: xorl %ecx, %ecx
      6f: movq %r8, %rsi
      72: callq 0x77  ; Symbol(Runtime(OutOfBounds)) -4
      77: ud2   ; trap MemoryOutOfBounds
      79: movq %rsi, %rdi
      7c: movq %r8, %rsi
      7f: xorl %ecx, %ecx
      81: callq 0x86  ; Symbol(Runtime(OutOfBounds)) -4
      86: ud2   ; trap MemoryOutOfBounds

;; function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x30, %esi
       9: movl %edi, %edi
       b: leaq (%rip), %r10  ; Symbol(Memory(0)) -4
      12: movq 8(%r10), %rdx
      16: leaq 0x30(%rdi), %r10
      1a: cmpq %rdx, %r10
      1d: ja 0x44
      23: pxor %xmm0, %xmm0
      27: movdqu %xmm0, 0x10000000(%rdi)
      2f: movdqu %xmm0, 0x10000010(%rdi)
      37: movdqu %xmm0, 0x10000020(%rdi)
      3f: movq %rbp, %rsp
      42: popq %rbp
      43: retq 
      44: xorl %ecx, %ecx
      46: callq 0x4b  ; Symbol(Runtime(OutOfBounds)) -4
      4b: ud2   ; trap MemoryOutOfBounds

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
      2b: jne 0x64
      31: movabsq $0x100000000000, %rax
      3b: movd %esi, %xmm0
      3f: pxor %xmm1, %xmm1
      43: pshufb %xmm1, %xmm0
      48: movdqu %xmm0, (%rdi, %rax)
      4d: andl $0xff, %esi
      53: imulq 0x15(%rip), %rsi
      5b: movl %esi, 0x10(%rdi, %rax)
      5f: movq %rbp, %rsp
      62: popq %rbp
      63: retq 
      64: xorl %ecx, %ecx
      66: movq %r8, %rsi
      69: callq 0x6e  ; Symbol(Runtime(OutOfBounds)) -4
      6e: ud2   ; trap MemoryOutOfBounds
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
      28: ja 0x71
      2e: movq %r8, %rdi
      31: leaq 0x3e8(%rdi), %rcx
      38: cmpq %rdx, %rcx
      3b: ja 0x62
      41: movq %r9, %rdi
      44: leaq 0x10000000(%rdi), %rsi
      4b: movq %r8, %rdi
      4e: addq $0x10000000, %rdi
      55: movq %rax, %rdx
      58: callq 0x5d  ; Symbol(Runtime(Memmove)) -4
      5d: movq %rbp, %rsp
      60: popq %rbp
      61: retq 
      62: movq %r8, %rdi
      65: xorl %ecx, %ecx
      67: movq %rax, %rsi
      6a: callq 0x6f  ; Symbol(Runtime(OutOfBounds)) -4
      6f: ud2   ; trap MemoryOutOfBounds
      71: movq %rax, %rsi
      74: movq %r9, %rdi
      77: xorl %ecx, %ecx
      79: callq 0x7e  ; Symbol(Runtime(OutOfBounds)) -4
      7e: ud2   ; trap MemoryOutOfBounds

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

