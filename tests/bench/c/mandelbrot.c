// Points of the Mandelbrot set: f64 in registers, one hard-to-predict exit.
#include "bench.h"

int main(void)
{
    enum { SIZE = 1600, DEPTH = 200 };
    uint64_t total = 0;
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++) {
            double cx = 3.0 * column / SIZE - 2.2, cy = 3.0 * row / SIZE - 1.5, x = 0, y = 0;
            int n = 0;
            for (; n < DEPTH && x * x + y * y < 4; n++) {
                double next = x * x - y * y + cx;
                y = 2 * x * y + cy;
                x = next;
            }
            total = total * 31 + (uint64_t)n;
        }
    printf("%016llx\n", (unsigned long long)total);
    return 0;
}
