// What the benchmarks share: input that is the same everywhere, and a checksum
// to print, so that a wrong result does not pass for a fast one.
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline uint32_t bench_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static inline void *bench_allocate(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    return memory;
}

static inline uint64_t bench_checksum(const void *bytes, size_t length)
{
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < length; i++)
        sum = (sum ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
    return sum;
}

// Text that compresses about as well as prose: words of a made-up language,
// drawn with a bias to the first ones, in lines. Each state has another one.
static inline char *bench_text_of(uint64_t state, size_t length)
{
    static const char syllables[][4] = { "ta", "ren", "mi", "sol", "ve", "kar", "u", "lin", "dom", "as", "pe", "thu" };
    char words[400][12];
    for (int i = 0; i < 400; i++) {
        words[i][0] = 0;
        for (uint32_t n = 1 + bench_random(&state) % 3; n > 0; n--)
            strcat(words[i], syllables[bench_random(&state) % 12]);
    }
    char *text = bench_allocate(length + 16);
    for (size_t at = 0; at < length;) {
        uint32_t rank = bench_random(&state) % 400 * (bench_random(&state) % 400) / 400;
        size_t size = strlen(words[rank]);
        memcpy(text + at, words[rank], size);
        at += size;
        text[at++] = bench_random(&state) % 11 == 0 ? '\n' : ' ';
    }
    text[length] = 0;
    return text;
}

static inline char *bench_text(size_t length)
{
    return bench_text_of(42, length);
}

// What real programs work on when they are started with an argument, to be
// trained for another input than the one they are timed with.
static inline char *bench_text_for(int arguments, size_t length)
{
    return bench_text_of(arguments > 1 ? 7 : 42, length);
}

#endif
