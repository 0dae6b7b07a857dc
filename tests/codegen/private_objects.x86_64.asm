;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %r8d, %r8d
       7: movl $1, %eax
       c: movq %rdi, %rcx
       f: subl $1, %ecx
      12: addl %edi, %r8d
      15: movq %rax, %rdx
      18: andl $0xff, %edx
      1e: addl $1, %edx
      21: testl %ecx, %ecx
      23: je 0x2d
      25: movq %rdx, %rax
      28: movq %rcx, %rdi
      2b: jmp 0xc
      2d: addb $1, %al
      2f: movsbl %al, %eax
      32: addl %r8d, %eax
      35: movq %rbp, %rsp
      38: popq %rbp
      39: retq 

;; export of function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

