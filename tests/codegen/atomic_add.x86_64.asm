;; function 0 `add`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: testl $3, %edi
       a: jne 0x22
      10: movl %edi, %edi
      12: movq %rsi, %rax
      15: lock xaddl %eax, 0x10000004(%rdi)
      1d: movq %rbp, %rsp
      20: popq %rbp
      21: retq 
      22: ud2   ; trap UnalignedAtomic

;; function 1 `count`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: movl $1, %edi
       b: lock addb %dil, 0x10000000(%rsi)
      13: movq %rbp, %rsp
      16: popq %rbp
      17: retq 

;; export of function 0 `add`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1 `count`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

