;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: subq $0x10, %rsp
       8: movq %r12, (%rsp)
       c: movq %r14, 8(%rsp)
      11: movq %rsi, %r12
      14: movq %rdi, %r14
      17: movl $0x10000000, %r11d
      1d: movq (%r11), %rax
      20: movq 8(%r11), %r11
      24: leaq 0x10(%rax), %rcx
      28: cmpq %r11, %rcx
      2b: ja 0x5d
      2d: leaq 0x10(%rax), %rcx
      31: movl $0x10000000, %edx
      36: movq %rcx, (%rdx)
      39: movl $4, (%rax)
      3f: movq %r14, %rdi
      42: movl %edi, 4(%rax)
      45: movq %r12, %rsi
      48: movl %esi, 8(%rax)
      4b: movq (%rsp), %r12
      4f: movq 8(%rsp), %r14
      54: addq $0x10, %rsp
      58: movq %rbp, %rsp
      5b: popq %rbp
      5c: retq 
      5d: movl $0x10, %edi
      62: callq 0x67  ; Symbol(Runtime(HeapRoom)) -4
      67: jmp 0x39

;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %esi, 8(%rdi)  ; trap NullStructure
       7: movl $1, %esi
       c: shrq $9, %rdi
      10: movb %sil, 0x10000000(%rdi)
      17: movq %rbp, %rsp
      1a: popq %rbp
      1b: retq 

;; function 2
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl (%rdi), %esi  ; trap CastFailure
       6: cmpl $5, %esi
       9: jne 0x19
       b: movsd 0x10(%rdi), %xmm0
      10: addsd %xmm0, %xmm0
      14: movq %rbp, %rsp
      17: popq %rbp
      18: retq 
      19: movl $5, %esi
      1e: callq 0x23  ; Symbol(Runtime(HeapCastFailure)) -4
      23: ud2   ; trap CastFailure

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

