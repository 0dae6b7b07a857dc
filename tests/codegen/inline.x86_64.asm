;; function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rcx  ; Symbol(Global(0)) -4
       b: movl (%rcx), %eax
       d: leal 1(%rax), %edx
      10: movl %edx, (%rcx)
      12: leal 2(%rax), %edx
      15: movl %edx, (%rcx)
      17: mulsd %xmm0, %xmm0
      1b: mulsd %xmm1, %xmm1
      1f: addsd %xmm1, %xmm0
      23: xorpd %xmm1, %xmm1
      27: sqrtsd %xmm0, %xmm1
      2b: ucomisd 0x1d(%rip), %xmm1
      33: ja 0x44
      39: addl $2, %eax
      3f: movq %rbp, %rsp
      42: popq %rbp
      43: retq 
      44: movl $7, %edi
      49: callq 0x4e  ; Symbol(Function(2)) -4
      4e: ud2   ; trap Unreachable
      50: addb %al, (%rax)
      52: addb %al, (%rax)
      54: addb %al, (%rax)
      56: andb $0x40, %al
      58: addb %al, (%rax)
      5a: addb %al, (%rax)
      5c: addb %al, (%rax)
      5e: addb %al, (%rax)

;; export of function 3
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

;; function 2 `fail`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x10000000, %edx
       9: movl %edi, (%rdx)
       b: movq %rbp, %rsp
       e: popq %rbp
       f: retq 

