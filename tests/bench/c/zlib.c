// zlib: compresses and decompresses text.
#include "bench.h"
#include <zlib.h>

int main(int argc, char **argv)
{
    (void)argv;
    uLong length = 2 << 20;
    char *text = bench_text_for(argc, length);
    uLong room = compressBound(length);
    Bytef *packed = bench_allocate(room), *back = bench_allocate(length);
    for (int level = 1; level <= 9; level += 4) {
        uLong size = room, again = length;
        if (compress2(packed, &size, (Bytef *)text, length, level) != Z_OK)
            return 1;
        for (int turn = 0; turn < 6; turn++)
            if (uncompress(back, &again, packed, size) != Z_OK || memcmp(back, text, length))
                return 1;
        printf("%d: %lu %016llx\n", level, (unsigned long)size, (unsigned long long)bench_checksum(packed, size));
    }
    return 0;
}
