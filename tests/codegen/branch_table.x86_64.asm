;; function 0 `choose`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $3, %r8d
       a: movl %edi, %r9d
       d: cmpl %r8d, %r9d
      10: cmovbl %r9d, %r8d
      14: leaq 9(%rip), %rcx
      1b: movslq (%rcx, %r8, 4), %rax
      1f: addq %rax, %rcx
      22: jmpq *%rcx
      24: andb $0, %al
      26: addb %al, (%rax)
      28: sbbb (%rax), %al
      2a: addb %al, (%rax)
      2c: adcb %al, (%rax)
      2e: addb %al, (%rax)
      30: addb %al, %cs:(%rax)
      33: addb %bh, 0x12e(%rax)
      39: movq %rbp, %rsp
      3c: popq %rbp
      3d: retq 
      3e: movl $0xc9, %eax
      43: movq %rbp, %rsp
      46: popq %rbp
      47: retq 
      48: movl $0x64, %eax
      4d: movq %rbp, %rsp
      50: popq %rbp
      51: retq 
      52: movl $0x193, %eax
      57: movq %rbp, %rsp
      5a: popq %rbp
      5b: retq 

;; export of function 0 `choose`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

