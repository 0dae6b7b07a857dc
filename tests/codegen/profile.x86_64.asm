;; function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x20, %rsp
       8: movq %rbx, (%rsp)
       c: movq %r12, 8(%rsp)
      11: movq %r13, 0x10(%rsp)
      16: movq %r14, 0x18(%rsp)
      1b: movq %rdi, %rdx
      1e: xorl %eax, %eax
      20: movq %rax, %r14
      23: leaq (%rip), %rbx  ; Symbol(TableElements(0)) -4
      2a: leaq (%rip), %r12  ; Symbol(Function(0)) -20
      31: movq (%rbx), %rdi
      34: cmpq %r12, %rdi
      37: jne 0x80
      39: movq %rdx, %r13
      3c: movq %r14, %rax
      3f: addl %r13d, %eax
      42: movq %rax, %r14
      45: xorl $0x5555, %eax
      4a: movq %rax, %r14
      4d: cmpl $-1, %r13d
      51: je 0xa8
      53: subl $1, %r13d
      57: testl %r13d, %r13d
      5a: je 0x61
      5c: movq %r13, %rdx
      5f: jmp 0x31
      61: movq %r14, %rax
      64: movq (%rsp), %rbx
      68: movq 8(%rsp), %r12
      6d: movq 0x10(%rsp), %r13
      72: movq 0x18(%rsp), %r14
      77: addq $0x20, %rsp
      7b: movq %rbp, %rsp
      7e: popq %rbp
      7f: retq 
      80: movl (%rdi), %eax  ; trap UninitializedElement
      82: cmpl $1, %eax
      85: jne 0x9c
      87: leaq 0x10(%rdi), %rcx
      8b: movq %r14, %rax
      8e: movq %rdx, %r13
      91: leal (%rax, %r13), %edi
      95: callq *%rcx
      97: movq %rax, %r14
      9a: jmp 0x4d
      9c: movl $1, %esi
      a1: callq 0xa6  ; Symbol(Runtime(TypeMismatch)) -4
      a6: ud2   ; trap IndirectCallTypeMismatch
      a8: movq %r14, %rdi
      ab: callq 0xb0  ; Symbol(Function(2)) -4
      b0: movl $0x10000008, %ecx
      b5: movl %eax, (%rcx)
      b7: jmp 0x53

;; function 0 `mix`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: xorl $0x5555, %eax
       c: movq %rbp, %rsp
       f: popq %rbp
      10: retq 

;; function 1 `negate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %eax, %eax
       6: subl %edi, %eax
       8: movq %rbp, %rsp
       b: popq %rbp
       c: retq 

;; export of function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; function 2 `rare`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: andl $0xffc, %edi
       a: movl 0x10000000(%rdi), %eax
      10: movl $7, %r8d
      16: xorq %rdx, %rdx
      19: divl %r8d  ; trap IntegerDivideByZero
      1c: movq %rbp, %rsp
      1f: popq %rbp
      20: retq 

