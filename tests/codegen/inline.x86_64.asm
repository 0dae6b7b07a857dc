;; function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rax  ; Symbol(Global(0)) -4
       b: movl $1, %ecx
      10: addl (%rax), %ecx
      12: leaq (%rip), %rax  ; Symbol(Global(0)) -4
      19: movl %ecx, (%rax)
      1b: mulsd %xmm0, %xmm0
      1f: leaq (%rip), %rax  ; Symbol(Global(0)) -4
      26: movl $1, %ecx
      2b: addl (%rax), %ecx
      2d: leaq (%rip), %rax  ; Symbol(Global(0)) -4
      34: movl %ecx, (%rax)
      36: mulsd %xmm1, %xmm1
      3a: addsd %xmm1, %xmm0
      3e: xorpd %xmm1, %xmm1
      42: sqrtsd %xmm0, %xmm1
      46: ucomisd 0x22(%rip), %xmm1
      4e: ja 0x5e
      50: leaq (%rip), %rax  ; Symbol(Global(0)) -4
      57: movl (%rax), %eax
      59: movq %rbp, %rsp
      5c: popq %rbp
      5d: retq 
      5e: movl $7, %edi
      63: callq 0x68  ; Symbol(Function(2)) -4
      68: ud2   ; trap Unreachable
      6a: int3 
      6b: int3 
      6c: int3 
      6d: int3 
      6e: addb %al, (%rax)
      70: addb %al, (%rax)
      72: addb %al, (%rax)
      74: addb %al, (%rax)
      76: andb $0x40, %al
      78: addb %al, (%rax)
      7a: addb %al, (%rax)
      7c: addb %al, (%rax)
      7e: addb %al, (%rax)

;; export of function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; function 2 `fail`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x10000000, %edx
       9: movl %edi, (%rdx)
       b: movq %rbp, %rsp
       e: popq %rbp
       f: retq 

