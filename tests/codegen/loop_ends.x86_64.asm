;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %eax, %eax
       6: movq %rax, %rsi
       9: movq %rsi, %r10
       c: shll $2, %r10d
      10: movl 0x10000000(%r10), %r10d
      17: addl $1, %esi
      1d: addl %r10d, %eax
      20: cmpl %edi, %esi
      22: jne 9
      24: movq %rbp, %rsp
      27: popq %rbp
      28: retq 

;; export of function 0
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

