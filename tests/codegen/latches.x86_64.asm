;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %r8d
       7: movl %esi, %eax
       9: movzbq 0x10000000(%r8), %rdi
      11: movl $8, %ecx
      16: movl %edi, %edi
      18: cmpl %ecx, %edi
      1a: cmovbl %edi, %ecx
      1d: leaq 9(%rip), %rsi
      24: movslq (%rsi, %rcx, 4), %rcx
      28: addq %rcx, %rsi
      2b: jmpq *%rsi
      2d: movb (%rax), %al
      2f: addb %al, (%rax)
      31: jl 0x33
      33: addb %al, (%rax)
      35: addb %al, (%eax)
      38: addb %dl, (%rbp)
      3b: addb %al, (%rax)
      3d: addb %r8b, (%rax)
      40: addb %bh, (%rbx)
      42: addb %al, (%rax)
      44: addb %ch, (%rdi)
      46: addb %al, (%rax)
      48: addb %ah, (%rax, %rax)
      4b: addb %al, (%rax)
      4d: cwtl 
      4e: addb %al, (%rax)
      50: addb %dl, %cl
      52: loopne 0x95
      54: addl $1, %eax
      5a: jmp 9
      5c: addl $1, %r8d
      63: movq %rax, %rdx
      66: jmp 9
      68: xorl %edx, %eax
      6a: addl $1, %r8d
      71: jmp 9
      73: movl %edx, 0x10000000(%rax)
      79: addl $1, %r8d
      80: jmp 9
      82: movl 0x10000000(%rax), %edx
      88: addl $1, %r8d
      8f: jmp 9
      94: movq %rax, %rcx
      97: imull %edx, %ecx
      9a: addl $1, %r8d
      a1: movq %rcx, %rdx
      a4: jmp 9
      a9: subl %edx, %eax
      ab: addl $1, %r8d
      b2: jmp 9
      b7: addl %edx, %eax
      b9: addl $1, %r8d
      c0: jmp 9
      c5: movq %rbp, %rsp
      c8: popq %rbp
      c9: retq 

;; export of function 0
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

