// Flips of prefixes over all permutations: short loops over small arrays.
#include "bench.h"

enum { N = 10 };

int main(void)
{
    int order[N], flipped[N], count[N], left = N, most = 0, sum = 0, sign = 1;
    for (int i = 0; i < N; i++)
        order[i] = i;
    for (;;) {
        for (; left != 1; left--)
            count[left - 1] = left;
        memcpy(flipped, order, sizeof order);
        int flips = 0;
        for (int first; (first = flipped[0]) != 0; flips++)
            for (int low = 0, high = first; low < high; low++, high--) {
                int saved = flipped[low];
                flipped[low] = flipped[high];
                flipped[high] = saved;
            }
        most = flips > most ? flips : most;
        sum += sign * flips;
        sign = -sign;
        for (;; left++) {
            if (left == N) {
                printf("%d %d\n", sum, most);
                return 0;
            }
            int first = order[0];
            memmove(order, order + 1, (size_t)left * sizeof *order);
            order[left] = first;
            if (--count[left] > 0)
                break;
        }
    }
}
