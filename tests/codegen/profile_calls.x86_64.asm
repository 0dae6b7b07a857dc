;; function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x30, %rsp
       8: movq %rbx, (%rsp)
       c: movq %r12, 8(%rsp)
      11: movq %r13, 0x10(%rsp)
      16: movq %r14, 0x18(%rsp)
      1b: movq %r15, 0x20(%rsp)
      20: leaq (%rip), %r13  ; Symbol(Global(0)) -4
      27: leaq (%rip), %rbx  ; Symbol(Function(0)) -20
      2e: movq (%r13), %rax
      32: cmpq %rbx, %rax
      35: jne 0x9e
      3b: movq %rdi, %r12
      3e: leal 1(%r12), %edi
      43: callq 0x48  ; Symbol(Function(0)) -4
      48: movq %rax, %r14
      4b: movq %r12, %rdi
      4e: callq 0x53  ; Symbol(Function(3)) -4
      53: movq %rax, %r15
      56: movq %r12, %rdi
      59: callq 0x5e  ; Symbol(Function(4)) -4
      5e: subl $1, %r12d
      62: testl %r12d, %r12d
      65: je 0x73
      6b: movq %r12, %rdi
      6e: jmp 0x2e
      73: movq %r15, %rcx
      76: addl %ecx, %eax
      78: movq %r14, %rcx
      7b: addl %ecx, %eax
      7d: movq (%rsp), %rbx
      81: movq 8(%rsp), %r12
      86: movq 0x10(%rsp), %r13
      8b: movq 0x18(%rsp), %r14
      90: movq 0x20(%rsp), %r15
      95: addq $0x30, %rsp
      99: movq %rbp, %rsp
      9c: popq %rbp
      9d: retq 
      9e: testq %rax, %rax
      a1: je 0xc0
      a7: addq $0x10, %rax
      ae: movq %rdi, %r12
      b1: leal 1(%r12), %edi
      b6: callq *%rax
      b8: movq %rax, %r14
      bb: jmp 0x4b
      c0: ud2   ; trap NullReference

;; function 0 `mix`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: xorl $0x5555, %eax
       c: movq %rbp, %rsp
       f: popq %rbp
      10: retq 

;; function 3 `on_through_reference`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: addl $2, %edi
       a: leaq (%rip), %r8  ; Symbol(Global(0)) -4
      11: movq (%r8), %r8
      14: leaq (%rip), %r9  ; Symbol(Function(0)) -20
      1b: cmpq %r9, %r8
      1e: jne 0x2d
      24: movq %rbp, %rsp
      27: popq %rbp
      28: jmp 0x2d  ; Symbol(Function(0)) -4
      2d: testq %r8, %r8
      30: je 0x41
      36: leaq 0x10(%r8), %r10
      3a: movq %rbp, %rsp
      3d: popq %rbp
      3e: jmpq *%r10
      41: ud2   ; trap NullReference

;; function 4 `on_through_table`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal 3(%rdi), %eax
       7: movq %rax, %rcx
       a: shrl $0x1f, %edi
       d: movzbl %dil, %eax
      11: movl %eax, %edi
      13: cmpq $2, %rdi
      17: jae 0x69
      1d: leaq (%rip), %rax  ; Symbol(TableElements(0)) -4
      24: movq (%rax, %rdi, 8), %rdi
      28: leaq (%rip), %rax  ; Symbol(Function(0)) -20
      2f: cmpq %rax, %rdi
      32: jne 0x44
      38: movq %rcx, %rdi
      3b: movq %rbp, %rsp
      3e: popq %rbp
      3f: jmp 0x44  ; Symbol(Function(0)) -4
      44: movl (%rdi), %eax  ; trap UninitializedElement
      46: cmpl $1, %eax
      49: jne 0x5d
      4f: leaq 0x10(%rdi), %r10
      53: movq %rcx, %rdi
      56: movq %rbp, %rsp
      59: popq %rbp
      5a: jmpq *%r10
      5d: movl $1, %esi
      62: callq 0x67  ; Symbol(Runtime(TypeMismatch)) -4
      67: ud2   ; trap IndirectCallTypeMismatch
      69: movl $2, %esi
      6e: callq 0x73  ; Symbol(Runtime(UndefinedElement)) -4
      73: ud2   ; trap UndefinedElement

;; function 1 `negate`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %eax, %eax
       6: subl %edi, %eax
       8: movq %rbp, %rsp
       b: popq %rbp
       c: retq 

;; export of function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(5)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

