;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: andl $0xff, %edi
       a: movzbq 0x10000400(%rdi), %rax
      12: movq %rbp, %rsp
      15: popq %rbp
      16: retq 

;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: movl 0x10000000(%rsi), %edi
       c: movl 0x10000004(%rsi), %r8d
      13: addl 0xffffffc(%rsi), %r8d
      1a: leal (%rdi, %r8), %eax
      1e: movq %rbp, %rsp
      21: popq %rbp
      22: retq 

;; function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: movl 0x10000000(%rsi), %eax
       c: addl 0x10000004(%rsi), %eax
      12: movq %rbp, %rsp
      15: popq %rbp
      16: retq 

;; function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal 4(%rdi), %esi
       7: movl 0x10000000(%rsi), %eax
       d: movq %rbp, %rsp
      10: popq %rbp
      11: retq 

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

