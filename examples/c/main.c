/* A C program that calls the exports of a WebAssembly module. */
#include "quench.h"
#include <stdio.h>

extern char **environ;

/* The export NAME of MODULE is the symbol MODULE.NAME. */
int next(void) __asm__("counter.next");
int word(int number) __asm__("counter.word");
int letter(int address) __asm__("counter.letter");

static void say(void *data) {
    int address = word(*(int *)data);
    for (int c; (c = letter(address)) != 0; address++) {
        putchar(c);
    }
    putchar('\n');
}

int main(int argc, char **argv) {
    (void)argc;
    quench_start(argv, environ);
    printf("%d\n", next());
    printf("%d\n", next());
    for (int number = 0; number < 3; number++) {
        quench_call(say, &number);
    }
    return 0;
}
