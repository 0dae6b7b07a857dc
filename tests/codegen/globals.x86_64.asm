;; function 0 `next`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rsi  ; Symbol(Global(0)) -4
       b: movl $0x3e8, %edi
      10: addl (%rsi), %edi
      12: leaq (%rip), %rsi  ; Symbol(Global(0)) -4
      19: movl %edi, (%rsi)
      1b: leaq (%rip), %rsi  ; Symbol(Global(0)) -4
      22: movl (%rsi), %eax
      24: movq %rbp, %rsp
      27: popq %rbp
      28: retq 

;; export of function 0 `next`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

