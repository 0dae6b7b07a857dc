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
      12: je 0x3a
      18: movq %r12, %rdi
      1b: callq 0x20  ; Symbol(Function(0)) -4
      20: movq %r12, %rdi
      23: movq %rax, %r12
      26: subq $1, %rdi
      2a: callq 0x2f  ; Symbol(Function(1)) -4
      2f: movq %r12, %rcx
      32: addq %rcx, %rax
      35: jmp 0x3d
      3a: xorq %rax, %rax
      3d: movq (%rsp), %r12
      41: addq $0x10, %rsp
      45: movq %rbp, %rsp
      48: popq %rbp
      49: retq 

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

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

