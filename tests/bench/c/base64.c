// Base64 there and back: bytes, shifts, and a table.
#include "bench.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t encode(const uint8_t *from, size_t length, char *to)
{
    char *start = to;
    for (size_t i = 0; i + 2 < length; i += 3) {
        uint32_t bits = (uint32_t)from[i] << 16 | from[i + 1] << 8 | from[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            *to++ = digits[bits >> shift & 63];
    }
    return (size_t)(to - start);
}

static size_t decode(const char *from, size_t length, const int8_t values[256], uint8_t *to)
{
    uint8_t *start = to;
    for (size_t i = 0; i < length; i += 4) {
        uint32_t bits = 0;
        for (int k = 0; k < 4; k++) {
            int8_t value = values[(uint8_t)from[i + k]];
            if (value < 0)
                return 0;
            bits = bits << 6 | (uint32_t)value;
        }
        *to++ = bits >> 16;
        *to++ = bits >> 8;
        *to++ = bits;
    }
    return (size_t)(to - start);
}

int main(void)
{
    enum { LENGTH = 3 << 20 };
    int8_t values[256];
    memset(values, -1, sizeof values);
    for (int i = 0; i < 64; i++)
        values[(uint8_t)digits[i]] = i;
    uint8_t *bytes = (uint8_t *)bench_text(LENGTH), *back = bench_allocate(LENGTH);
    char *text = bench_allocate(LENGTH / 3 * 4);
    uint64_t sum = 0;
    for (int turn = 0; turn < 90; turn++) {
        size_t length = encode(bytes, LENGTH, text);
        if (decode(text, length, values, back) != LENGTH || memcmp(bytes, back, LENGTH) != 0)
            return 1;
        bytes[turn * 1000]++;
        sum += bench_checksum(text + turn * 1000, 2000);
    }
    printf("%016llx\n", (unsigned long long)sum);
    return 0;
}
