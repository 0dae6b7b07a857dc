;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: movq %r12, (%rsp)
       c: movq %r13, 8(%rsp)
      11: movq %rsi, %r12
      14: movq %rdi, %r13
      17: movl $0x10000000, %r9d
      1d: movq (%r9), %rax
      20: leaq 0x10(%rax), %r10
      24: movq 8(%r9), %r11
      28: cmpq %r11, %r10
      2b: ja 0x54
      2d: movq %r10, (%r9)
      30: movl $4, (%rax)
      36: movq %r13, %rdi
      39: movl %edi, 4(%rax)
      3c: movq %r12, %rsi
      3f: movl %esi, 8(%rax)
      42: movq (%rsp), %r12
      46: movq 8(%rsp), %r13
      4b: addq $0x10, %rsp
      4f: movq %rbp, %rsp
      52: popq %rbp
      53: retq 
      54: movl $0x10, %edi
      59: callq 0x5e  ; Symbol(Runtime(HeapRoom)) -4
      5e: jmp 0x30

;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %esi, 8(%rdi)  ; trap NullStructure
       7: shrq $9, %rdi
       b: movl $1, %esi
      10: movb %sil, 0x10000000(%rdi)
      17: movq %rbp, %rsp
      1a: popq %rbp
      1b: retq 

;; function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl (%rdi), %esi  ; trap CastFailure
       6: cmpl $5, %esi
       9: jne 0x1a
       b: movsd 0x10(%rdi), %xmm0
      10: addsd 0x10(%rdi), %xmm0
      15: movq %rbp, %rsp
      18: popq %rbp
      19: retq 
      1a: movl $5, %esi
      1f: callq 0x24  ; Symbol(Runtime(HeapCastFailure)) -4
      24: ud2   ; trap CastFailure

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

