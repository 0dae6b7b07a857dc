;; function 0
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x20000010, %edx
       9: movl 8(%rdx), %esi
       c: leal 1(%rsi), %eax
       f: movl %eax, 8(%rdx)
      12: movq %rbp, %rsp
      15: popq %rbp
      16: retq 

;; function 1
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x20000010, %r9d
       a: movl 4(%r9), %r9d
       e: movl 4(%r9), %edx  ; trap NullArray
      12: cmpl %edx, %edi
      14: jae 0x24
      16: movl %edi, %r11d
      19: movzbq 8(%r9, %r11), %rax
      1f: movq %rbp, %rsp
      22: popq %rbp
      23: retq 
      24: movl %edi, %edi
      26: movl $1, %esi
      2b: movl $4, %ecx
      30: callq 0x35  ; Symbol(Runtime(OutOfBounds)) -4
      35: ud2   ; trap ArrayOutOfBounds

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

