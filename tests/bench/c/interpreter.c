// A byte-code interpreter in a loop with a switch: br_table, loads, no calls.
#include "bench.h"

enum { PUSH, ADD, MULTIPLY, LESS, JUMP_IF, LOAD, STORE, XOR, MODULO, INCREMENT, HALT };

// sum = 0; for (i = 0; i < limit; i++) sum = (sum * 31 + i) % 1000003 ^ i
static const uint32_t program[] = {
    PUSH, 0, STORE, 0, PUSH, 0, STORE, 1,
    LOAD, 0, PUSH, 31, MULTIPLY, LOAD, 1, ADD, PUSH, 1000003, MODULO, LOAD, 1, XOR, STORE, 0,
    INCREMENT, 1, LOAD, 1, PUSH, 30000000, LESS, JUMP_IF, 8,
    HALT,
};

static uint32_t run(const uint32_t *code)
{
    uint32_t stack[16], *top = stack, variables[4] = { 0 };
    for (const uint32_t *at = code;;) {
        switch (*at++) {
        case PUSH: *top++ = *at++; break;
        case ADD: top--; top[-1] += *top; break;
        case MULTIPLY: top--; top[-1] *= *top; break;
        case LESS: top--; top[-1] = top[-1] < *top; break;
        case XOR: top--; top[-1] ^= *top; break;
        case MODULO: top--; top[-1] %= *top; break;
        case LOAD: *top++ = variables[*at++]; break;
        case STORE: variables[*at++] = *--top; break;
        case INCREMENT: variables[*at++]++; break;
        case JUMP_IF: at = *--top ? code + *at : at + 1; break;
        case HALT: return variables[0];
        default: abort();
        }
    }
}

static const uint32_t *volatile where = program;

int main(void)
{
    printf("%u\n", run(where));
    return 0;
}
