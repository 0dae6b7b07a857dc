// A host of Python's module, in native code for `--link`: gives it code to run,
// as a session of its own host does, and answers its calls of functions outside.

#include <stdint.h>

int32_t host_alloc(int32_t length) __asm__("python.host_alloc");
int32_t turn(int32_t code, int32_t length) __asm__("python.turn");
int32_t shutdown(void) __asm__("python.shutdown");

// As quench_abi::Memory begins. No constant: it grows.
struct memory {
    unsigned char *base;
    uint64_t length;
};
extern struct memory memory __asm__("python.memory");

static const char *const turns[] = {
    "import pandas",
    "herd = pandas.DataFrame({'weight': [61.5, 72.25, 58.0, 66.125], 'age': [2, 5, 1, 3]})",
    "print(herd.describe())",
    "print(len(herd), 'sheep are still there')",
};

static int32_t run(const char *code) {
    uint32_t length = 0;
    while (code[length])
        length++;
    uint32_t at = (uint32_t)host_alloc((int32_t)length);
    if (!at || (uint64_t)at + length > memory.length)
        return 70;
    for (uint32_t i = 0; i < length; i++)
        memory.base[at + i] = (unsigned char)code[i];
    return turn((int32_t)at, (int32_t)length);
}

int32_t session_main(void) __asm__("session.main");
int32_t session_main(void) {
    int32_t worst = 0;
    for (uint32_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        int32_t status = run(turns[i]);
        worst = status > worst ? status : worst;
    }
    int32_t status = shutdown();
    return status ? status : worst;
}

// There are no functions outside.
int32_t call(int32_t request, int32_t length, int32_t at, int32_t result) __asm__("host.call");
int32_t call(int32_t request, int32_t length, int32_t at, int32_t result) {
    (void)request, (void)length, (void)at, (void)result;
    return -1;
}
