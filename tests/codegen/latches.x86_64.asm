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
      2d: xchgl %eax, %esi
      2e: addb %al, (%rax)
      30: addb %cl, 0x73000000(%rax)
      36: addb %al, (%rax)
      38: addb %ah, (%rcx)
      3b: addb %al, (%rax)
      3d: addb %r8b, (%r8)
      40: addb %al, (%rcx)
      43: addb %al, (%rax)
      45: xorb (%rax), %al
      47: addb %al, (%rax)
      49: andb $0, %al
      4b: addb %al, (%rax)
      4d: movsb (%rsi), (%rdi)
      4e: addb %al, (%rax)
      50: addb %dl, %cl
      52: loopne 0x95
      54: addl $1, %eax
      5a: jmp 9
      5f: addl $1, %r8d
      66: movq %rax, %rdx
      69: jmp 9
      6e: xorl %edx, %eax
      70: addl $1, %r8d
      77: jmp 9
      7c: movl %edx, 0x10000000(%rax)
      82: addl $1, %r8d
      89: jmp 9
      8e: movl 0x10000000(%rax), %edx
      94: addl $1, %r8d
      9b: jmp 9
      a0: movq %rax, %rcx
      a3: imull %edx, %ecx
      a6: addl $1, %r8d
      ad: movq %rcx, %rdx
      b0: jmp 9
      b5: subl %edx, %eax
      b7: addl $1, %r8d
      be: jmp 9
      c3: addl %edx, %eax
      c5: addl $1, %r8d
      cc: jmp 9
      d1: movq %rbp, %rsp
      d4: popq %rbp
      d5: retq 

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

