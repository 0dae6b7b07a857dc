// Product of dense f64 matrices, in the loop order that vectorises.
#include "bench.h"

#ifndef TURNS
#define TURNS 18
#endif

enum { N = 512 };

static double a[N][N], b[N][N], c[N][N];

int main(void)
{
    uint64_t state = 7;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = bench_random(&state) % 1000;
            b[i][j] = bench_random(&state) % 1000;
        }
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < N; i++)
            for (int k = 0; k < N; k++)
                for (int j = 0; j < N; j++)
                    c[i][j] += a[i][k] * b[k][j];
    printf("%016llx\n", (unsigned long long)bench_checksum(c, sizeof c));
    return 0;
}
