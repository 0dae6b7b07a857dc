;; function 0 `end`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: movq %rbp, %rsp
       a: popq %rbp
       b: retq 

;; function 3 `rare`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: movq %r12, (%rsp)
       c: movq %r13, 8(%rsp)
      11: movl %edi, %r12d
      14: movq %rdi, %r13
      17: movl 0x10000008(%r12), %r11d
      1f: movq %r13, %rdi
      22: callq 0x27  ; Symbol(Function(2)) -4
      27: movl 0x10000014(%r12), %eax
      2f: movl %eax, 0x10000010(%r12)
      37: movl 0x1000001c(%r12), %eax
      3f: movl %eax, 0x10000018(%r12)
      47: movl 0x10000024(%r12), %eax
      4f: movl %eax, 0x10000020(%r12)
      57: movl 0x1000002c(%r12), %eax
      5f: movl %eax, 0x10000028(%r12)
      67: movl 0x10000030(%r12), %ecx
      6f: testl %ecx, %ecx
      71: jne 0x27
      73: movq %r13, %rdi
      76: movq (%rsp), %r12
      7a: movq 8(%rsp), %r13
      7f: addq $0x10, %rsp
      83: movq %rbp, %rsp
      86: popq %rbp
      87: jmp 0x8c  ; Symbol(Function(0)) -4

;; function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %edi, %edi
       6: callq 0xb  ; Symbol(Function(3)) -4
       b: movl $0x10000000, %esi
      10: movl 8(%rsi), %edi
      13: callq 0x18  ; Symbol(Function(3)) -4
      18: movq %rbp, %rsp
      1b: popq %rbp
      1c: retq 

;; export of function 0 `end`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
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

;; function 2 `small`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: movl 0x10000014(%rdi), %r8d
       d: movl %r8d, 0x10000010(%rdi)
      14: movl 0x1000001c(%rdi), %r8d
      1b: movl %r8d, 0x10000018(%rdi)
      22: movl 0x10000024(%rdi), %r9d
      29: movl %r9d, 0x10000020(%rdi)
      30: movl 0x1000002c(%rdi), %r10d
      37: movl %r10d, 0x10000028(%rdi)
      3e: movl 0x10000030(%rdi), %eax
      44: movq %rbp, %rsp
      47: popq %rbp
      48: retq 

