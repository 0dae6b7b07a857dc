;; function 0 `increment`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal 1(%rdi), %eax
       7: movq %rbp, %rsp
       a: popq %rbp
       b: retq 

;; function 1 `decrement`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: subl $1, %eax
       a: movq %rbp, %rsp
       d: popq %rbp
       e: retq 

;; function 2 `apply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: cmpq $4, %rdi
       a: jae 0x40
      10: leaq (%rip), %rax  ; Symbol(TableElements(0)) -4
      17: movq (%rax, %rdi, 8), %rdi
      1b: movl (%rdi), %eax  ; trap UninitializedElement
      1d: cmpl $1, %eax
      20: jne 0x34
      26: leaq 0x10(%rdi), %rax
      2a: movq %rsi, %rdi
      2d: callq *%rax
      2f: movq %rbp, %rsp
      32: popq %rbp
      33: retq 
      34: movl $1, %esi
      39: callq 0x3e  ; Symbol(Runtime(TypeMismatch)) -4
      3e: ud2   ; trap IndirectCallTypeMismatch
      40: movl $4, %esi
      45: callq 0x4a  ; Symbol(Runtime(UndefinedElement)) -4
      4a: ud2   ; trap UndefinedElement

;; function 3 `set`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: cmpq $4, %rdi
       a: jae 0x24
      10: leaq (%rip), %r8  ; Symbol(TableElements(0)) -4
      17: movq $0, (%r8, %rdi, 8)
      1f: movq %rbp, %rsp
      22: popq %rbp
      23: retq 
      24: movl $4, %edx
      29: movl $1, %esi
      2e: movl $2, %ecx
      33: callq 0x38  ; Symbol(Runtime(OutOfBounds)) -4
      38: ud2   ; trap TableOutOfBounds

;; export of function 2 `apply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3 `set`
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

