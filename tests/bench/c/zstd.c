// zstd: compresses and decompresses text.
#include "bench.h"
#include <zstd.h>

int main(int argc, char **argv)
{
    (void)argv;
    size_t length = 4 << 20, room = ZSTD_compressBound(length);
    char *text = bench_text_for(argc, length), *packed = bench_allocate(room), *back = bench_allocate(length);
    for (int level = 1; level <= 11; level += 5) {
        size_t size = ZSTD_compress(packed, room, text, length, level);
        if (ZSTD_isError(size))
            return 1;
        for (int turn = 0; turn < 4; turn++)
            if (ZSTD_decompress(back, length, packed, size) != length || memcmp(back, text, length))
                return 1;
        printf("%d: %zu %016llx\n", level, size, (unsigned long long)bench_checksum(packed, size));
    }
    return 0;
}
