;; function 0 `square`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: imulq %rdi, %rax
       b: movq %rbp, %rsp
       e: popq %rbp
       f: retq 

;; function 1 `recurse`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: movq %r12, (%rsp)
       c: testq %rdi, %rdi
       f: movq %rdi, %r12
      12: je 0x33
      14: movq %r12, %rdi
      17: callq 0x1c  ; Symbol(Function(0)) -4
      1c: movq %r12, %rdi
      1f: movq %rax, %r12
      22: subq $1, %rdi
      26: callq 0x2b  ; Symbol(Function(1)) -4
      2b: movq %r12, %rcx
      2e: addq %rcx, %rax
      31: jmp 0x36
      33: xorq %rax, %rax
      36: movq (%rsp), %r12
      3a: addq $0x10, %rsp
      3e: movq %rbp, %rsp
      41: popq %rbp
      42: retq 

;; function 2 `main`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2 `main`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

