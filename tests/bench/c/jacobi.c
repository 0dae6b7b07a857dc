// Heat that spreads over a plate: a stencil of f64, which vectorises.
#include "bench.h"

#ifndef TURNS
#define TURNS 2000
#endif

enum { N = 500 };

static double now[N][N], next[N][N];

int main(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            now[i][j] = (double)i * (j + 2) / N;
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++)
                next[i][j] = 0.2 * (now[i][j] + now[i][j - 1] + now[i][j + 1] + now[i - 1][j] + now[i + 1][j]);
        memcpy(now, next, sizeof now);
    }
    printf("%016llx\n", (unsigned long long)bench_checksum(now, sizeof now));
    return 0;
}
