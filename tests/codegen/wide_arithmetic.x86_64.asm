;; function 0 `add`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: addq %rdx, %rax
       a: movq %rcx, %r8
       d: movq %rsi, %rcx
      10: adcq %r8, %rcx
      13: movq %rbp, %rsp
      16: popq %rbp
      17: retq 

;; function 1 `multiply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: mulq %rsi
       a: movq %rdx, %rcx
       d: movq %rbp, %rsp
      10: popq %rbp
      11: retq 

;; function 2 `upper`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: imulq %rsi
       a: movq %rdx, %rax
       d: movq %rbp, %rsp
      10: popq %rbp
      11: retq 

;; export of function 0 `add`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: movq %r12, (%rsp)
       c: movq %r8, %r12
       f: callq 0x14  ; Symbol(Function(0)) -4
      14: movq %r12, %r8
      17: movq %rax, (%r8)
      1a: movq %rcx, 8(%r8)
      1e: movq (%rsp), %r12
      22: addq $0x10, %rsp
      26: movq %rbp, %rsp
      29: popq %rbp
      2a: retq 

;; export of function 1 `multiply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: movq %r12, (%rsp)
       c: movq %rdx, %r12
       f: callq 0x14  ; Symbol(Function(1)) -4
      14: movq %r12, %rdx
      17: movq %rax, (%rdx)
      1a: movq %rcx, 8(%rdx)
      1e: movq (%rsp), %r12
      22: addq $0x10, %rsp
      26: movq %rbp, %rsp
      29: popq %rbp
      2a: retq 

;; export of function 2 `upper`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

