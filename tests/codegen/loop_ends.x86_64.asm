;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: xorl %eax, %eax
       6: movq %rax, %rsi
       9: movq %rsi, %r8
       c: shll $2, %r8d
      10: movl 0x10000000(%r8), %r8d
      17: addl $1, %esi
      1a: addl %r8d, %eax
      1d: cmpq $0x3e8, %rsi
      24: jne 9
      26: movq %rbp, %rsp
      29: popq %rbp
      2a: retq 

;; export of function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

