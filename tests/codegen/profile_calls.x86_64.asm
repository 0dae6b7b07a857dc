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
      35: jne 0x93
      37: movq %rdi, %r12
      3a: leal 1(%r12), %edi
      3f: callq 0x44  ; Symbol(Function(0)) -4
      44: movq %rax, %r14
      47: movq %r12, %rdi
      4a: callq 0x4f  ; Symbol(Function(3)) -4
      4f: movq %rax, %r15
      52: movq %r12, %rdi
      55: callq 0x5a  ; Symbol(Function(4)) -4
      5a: subl $1, %r12d
      5e: testl %r12d, %r12d
      61: je 0x68
      63: movq %r12, %rdi
      66: jmp 0x2e
      68: movq %r15, %rcx
      6b: addl %ecx, %eax
      6d: movq %r14, %rcx
      70: addl %ecx, %eax
      72: movq (%rsp), %rbx
      76: movq 8(%rsp), %r12
      7b: movq 0x10(%rsp), %r13
      80: movq 0x18(%rsp), %r14
      85: movq 0x20(%rsp), %r15
      8a: addq $0x30, %rsp
      8e: movq %rbp, %rsp
      91: popq %rbp
      92: retq 
      93: testq %rax, %rax
      96: je 0xab
      98: addq $0x10, %rax
      9c: movq %rdi, %r12
      9f: leal 1(%r12), %edi
      a4: callq *%rax
      a6: movq %rax, %r14
      a9: jmp 0x47
      ab: ud2   ; trap NullReference

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
      17: jae 0x5d
      19: leaq (%rip), %rax  ; Symbol(TableElements(0)) -4
      20: movq (%rax, %rdi, 8), %rdi
      24: leaq (%rip), %rax  ; Symbol(Function(0)) -20
      2b: cmpq %rax, %rdi
      2e: jne 0x3c
      30: movq %rcx, %rdi
      33: movq %rbp, %rsp
      36: popq %rbp
      37: jmp 0x3c  ; Symbol(Function(0)) -4
      3c: movl (%rdi), %eax  ; trap UninitializedElement
      3e: cmpl $1, %eax
      41: jne 0x51
      43: leaq 0x10(%rdi), %r10
      47: movq %rcx, %rdi
      4a: movq %rbp, %rsp
      4d: popq %rbp
      4e: jmpq *%r10
      51: movl $1, %esi
      56: callq 0x5b  ; Symbol(Runtime(TypeMismatch)) -4
      5b: ud2   ; trap IndirectCallTypeMismatch
      5d: movl $2, %esi
      62: callq 0x67  ; Symbol(Runtime(UndefinedElement)) -4
      67: ud2   ; trap UndefinedElement

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

