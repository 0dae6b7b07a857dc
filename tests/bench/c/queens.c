// Queens on a board, counted by backtracking over bit sets: recursion.
#include "bench.h"

static uint32_t place(uint32_t all, uint32_t columns, uint32_t rising, uint32_t falling)
{
    if (columns == all)
        return 1;
    uint32_t found = 0;
    for (uint32_t free = all & ~(columns | rising | falling); free != 0;) {
        uint32_t queen = free & -free;
        free ^= queen;
        found += place(all, columns | queen, (rising | queen) << 1, (falling | queen) >> 1);
    }
    return found;
}

int main(void)
{
    for (int size = 6; size <= 15; size++)
        printf("%d: %u\n", size, place((1u << size) - 1, 0, 0, 0));
    return 0;
}
