// bzip2: compresses and decompresses text.
#include "bench.h"
#include <bzlib.h>

void bz_internal_error(int code)
{
    fprintf(stderr, "bzip2: internal error %d\n", code);
    abort();
}

int main(int argc, char **argv)
{
    (void)argv;
    unsigned length = 4 << 20, room = length + length / 100 + 600;
    char *text = bench_text_for(argc, length), *packed = bench_allocate(room), *back = bench_allocate(length);
    for (int turn = 0; turn < 2; turn++) {
        unsigned size = room, again = length;
        if (BZ2_bzBuffToBuffCompress(packed, &size, text, length, 9, 0, 0) != BZ_OK)
            return 1;
        if (BZ2_bzBuffToBuffDecompress(back, &again, packed, size, 0, 0) != BZ_OK || memcmp(back, text, length))
            return 1;
        printf("%u %016llx\n", size, (unsigned long long)bench_checksum(packed, size));
    }
    return 0;
}
