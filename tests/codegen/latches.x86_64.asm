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
      2d: jb 0x2f
      2f: addb %al, (%rax)
      31: addb %al, (%eax)
      34: addb %dl, (%rbp)
      37: addb %al, (%rax)
      39: addb %al, (%r8)
      3c: addb %bh, 0x35000000(%rip)
      42: addb %al, (%rax)
      44: addb %ch, (%rax, %rax)
      47: addb %al, (%rax)
      49: andb $0, %al
      4b: addb %al, (%rax)
      4d: jge 0x4f
      4f: addb %al, (%rax)
      51: shll $1, %eax
      53: addl $1, %r8d
      57: jmp 9
      59: addl $1, %r8d
      5d: movq %rax, %rdx
      60: jmp 9
      62: xorl %edx, %eax
      64: addl $1, %r8d
      68: jmp 9
      6a: movl %edx, 0x10000000(%rax)
      70: addl $1, %r8d
      74: jmp 9
      76: movl 0x10000000(%rax), %edx
      7c: addl $1, %r8d
      80: jmp 9
      82: movq %rax, %rcx
      85: imull %edx, %ecx
      88: addl $1, %r8d
      8c: movq %rcx, %rdx
      8f: jmp 9
      94: subl %edx, %eax
      96: addl $1, %r8d
      9a: jmp 9
      9f: addl %edx, %eax
      a1: addl $1, %r8d
      a5: jmp 9
      aa: movq %rbp, %rsp
      ad: popq %rbp
      ae: retq 

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

