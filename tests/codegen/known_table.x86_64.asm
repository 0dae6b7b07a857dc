;; function 0 `increment`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal 1(%rdi), %eax
       7: movq %rbp, %rsp
       a: popq %rbp
       b: retq 

;; function 1 `add`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal (%rdi, %rsi), %eax
       7: movq %rbp, %rsp
       a: popq %rbp
       b: retq 

;; function 2 `subtract`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: subl %esi, %eax
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; function 3 `multiply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: imull %esi, %eax
       a: movq %rbp, %rsp
       d: popq %rbp
       e: retq 

;; function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: cmpl $1, %edi
       7: jne 0x15
       d: leal 1(%rsi), %eax
      10: movq %rbp, %rsp
      13: popq %rbp
      14: retq 
      15: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      1c: movq 8(%rax), %rsi
      20: movl %edi, %edi
      22: cmpq %rsi, %rdi
      25: jae 0x50
      2b: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      32: movq (%rax), %rax
      35: movq (%rax, %rdi, 8), %rdi
      39: movl (%rdi), %eax  ; trap UninitializedElement
      3b: cmpl $1, %eax
      3e: je 0x57
      44: movl $1, %esi
      49: callq 0x4e  ; Symbol(Runtime(TypeMismatch)) -4
      4e: ud2   ; trap IndirectCallTypeMismatch
      50: callq 0x55  ; Symbol(Runtime(UndefinedElement)) -4
      55: ud2   ; trap UndefinedElement
      57: ud2   ; trap IndirectCallTypeMismatch

;; function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdx, %rax
       7: movq %rsi, %rdx
       a: movq %rax, %rsi
       d: movl %edi, %edi
       f: leaq -2(%rdi), %rax
      13: cmpq $3, %rax
      17: jae 0x3a
      1d: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      24: movq (%rax), %rax
      27: movl $0x10, %ecx
      2c: addq (%rax, %rdi, 8), %rcx
      30: movq %rdx, %rdi
      33: callq *%rcx
      35: movq %rbp, %rsp
      38: popq %rbp
      39: retq 
      3a: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      41: movq 8(%rax), %rsi
      45: cmpq %rsi, %rdi
      48: jae 0x73
      4e: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      55: movq (%rax), %rax
      58: movq (%rax, %rdi, 8), %rdi
      5c: movl (%rdi), %eax  ; trap UninitializedElement
      5e: cmpl $2, %eax
      61: je 0x7a
      67: movl $2, %esi
      6c: callq 0x71  ; Symbol(Runtime(TypeMismatch)) -4
      71: ud2   ; trap IndirectCallTypeMismatch
      73: callq 0x78  ; Symbol(Runtime(UndefinedElement)) -4
      78: ud2   ; trap UndefinedElement
      7a: ud2   ; trap IndirectCallTypeMismatch

;; export of function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(4)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(5)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

