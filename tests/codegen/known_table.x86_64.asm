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
       7: je 0x3a
       d: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      14: movq 8(%rax), %rsi
      18: movl %edi, %edi
      1a: cmpq %rsi, %rdi
      1d: jae 0x4e
      23: movq (%rax), %rax
      26: movq (%rax, %rdi, 8), %rdi
      2a: movl (%rdi), %eax  ; trap UninitializedElement
      2c: cmpl $1, %eax
      2f: je 0x55
      35: jmp 0x42
      3a: leal 1(%rsi), %eax
      3d: movq %rbp, %rsp
      40: popq %rbp
      41: retq 
      42: movl $1, %esi
      47: callq 0x4c  ; Symbol(Runtime(TypeMismatch)) -4
      4c: ud2   ; trap IndirectCallTypeMismatch
      4e: callq 0x53  ; Symbol(Runtime(UndefinedElement)) -4
      53: ud2   ; trap UndefinedElement
      55: ud2   ; trap IndirectCallTypeMismatch

;; function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rsi, %rcx
       7: leaq (%rip), %rax  ; Symbol(Table(0)) -4
       e: movq 8(%rax), %rsi
      12: movl %edi, %edi
      14: cmpq %rsi, %rdi
      17: jae 0x4c
      1d: movq (%rax), %rax
      20: movq (%rax, %rdi, 8), %rdi
      24: movl (%rdi), %eax  ; trap UninitializedElement
      26: cmpl $2, %eax
      29: jne 0x40
      2f: leaq 0x10(%rdi), %rax
      33: movq %rdx, %rsi
      36: movq %rcx, %rdi
      39: callq *%rax
      3b: movq %rbp, %rsp
      3e: popq %rbp
      3f: retq 
      40: movl $2, %esi
      45: callq 0x4a  ; Symbol(Runtime(TypeMismatch)) -4
      4a: ud2   ; trap IndirectCallTypeMismatch
      4c: callq 0x51  ; Symbol(Runtime(UndefinedElement)) -4
      51: ud2   ; trap UndefinedElement

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

