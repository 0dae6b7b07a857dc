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
      37: jne 0x8f
      3d: movq %rdx, %r13
      40: movq %r14, %rax
      43: addl %r13d, %eax
      46: movq %rax, %r14
      49: xorl $0x5555, %eax
      4e: movq %rax, %r14
      51: cmpl $-1, %r13d
      55: je 0xbe
      5b: subl $1, %r13d
      5f: testl %r13d, %r13d
      62: je 0x70
      68: movq %r13, %rdx
      6b: jmp 0x31
      70: movq %r14, %rax
      73: movq (%rsp), %rbx
      77: movq 8(%rsp), %r12
      7c: movq 0x10(%rsp), %r13
      81: movq 0x18(%rsp), %r14
      86: addq $0x20, %rsp
      8a: movq %rbp, %rsp
      8d: popq %rbp
      8e: retq 
      8f: movl (%rdi), %eax  ; trap UninitializedElement
      91: cmpl $1, %eax
      94: jne 0xb2
      9a: leaq 0x10(%rdi), %rcx
      9e: movq %r14, %rax
      a1: movq %rdx, %r13
      a4: leal (%rax, %r13), %edi
      a8: callq *%rcx
      aa: movq %rax, %r14
      ad: jmp 0x51
      b2: movl $1, %esi
      b7: callq 0xbc  ; Symbol(Runtime(TypeMismatch)) -4
      bc: ud2   ; trap IndirectCallTypeMismatch
      be: movq %r14, %rdi
      c1: callq 0xc6  ; Symbol(Function(2)) -4
      c6: movl $0x10000008, %ecx
      cb: movl %eax, (%rcx)
      cd: jmp 0x5b

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

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

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

