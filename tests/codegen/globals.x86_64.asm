;; function 0 `next`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rdx  ; Symbol(Global(0)) -4
       b: movl (%rdx), %esi
       d: leal 0x3e8(%rsi), %eax
      13: movl %eax, (%rdx)
      15: movq %rbp, %rsp
      18: popq %rbp
      19: retq 

;; export of function 0 `next`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

