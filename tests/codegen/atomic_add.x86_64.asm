;; function 0 `add`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: testl $3, %edi
       a: jne 0x26
       c: movl %edi, %edi
       e: movl $4, %r8d
      14: movq %rsi, %rax
      17: lock xaddl %eax, 0x10000000(%rdi, %r8)
      21: movq %rbp, %rsp
      24: popq %rbp
      25: retq 
      26: ud2   ; trap UnalignedAtomic

;; function 1 `count`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $1, %edx
       9: movl %edi, %esi
       b: lock xaddb %dl, 0x10000000(%rsi)
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

