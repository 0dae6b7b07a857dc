// qsort of records through a callback: indirect calls and moves.
#include "bench.h"

struct record {
    uint32_t key;
    uint32_t payload[3];
};

// The C library's own differs between the machines compared, so: a heap sort
// and a quick sort of our own, behind the same interface.
typedef int (*order)(const void *, const void *);

static void exchange(char *a, char *b, size_t size)
{
    char saved[sizeof(struct record)];
    memcpy(saved, a, size);
    memcpy(a, b, size);
    memcpy(b, saved, size);
}

static __attribute__((noinline)) void sort(char *base, size_t count, size_t size, order compare)
{
    while (count > 8) {
        char *low = base, *high = base + (count - 1) * size, *middle = base + count / 2 * size;
        if (compare(middle, low) < 0)
            exchange(middle, low, size);
        if (compare(high, low) < 0)
            exchange(high, low, size);
        if (compare(high, middle) < 0)
            exchange(high, middle, size);
        char pivot[sizeof(struct record)];
        memcpy(pivot, middle, size);
        while (low <= high) {
            while (compare(low, pivot) < 0)
                low += size;
            while (compare(pivot, high) < 0)
                high -= size;
            if (low <= high) {
                exchange(low, high, size);
                low += size;
                high -= size;
            }
        }
        sort(base, (size_t)(high - base) / size + 1, size, compare);
        count -= (size_t)(low - base) / size;
        base = low;
    }
    for (size_t i = 1; i < count; i++)
        for (char *at = base + i * size; at > base && compare(at, at - size) < 0; at -= size)
            exchange(at, at - size, size);
}

static int by_key(const void *a, const void *b)
{
    uint32_t left = ((const struct record *)a)->key, right = ((const struct record *)b)->key;
    return left < right ? -1 : left > right;
}

static int by_payload(const void *a, const void *b)
{
    return memcmp(((const struct record *)a)->payload, ((const struct record *)b)->payload, 12);
}

static order volatile orders[] = { by_key, by_payload, by_key, by_payload };

int main(void)
{
    enum { COUNT = 1000000 };
    struct record *records = bench_allocate(COUNT * sizeof *records);
    uint64_t state = 99;
    for (int i = 0; i < COUNT; i++) {
        records[i].key = bench_random(&state);
        for (int k = 0; k < 3; k++)
            records[i].payload[k] = bench_random(&state);
    }
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        sort((char *)records, COUNT, sizeof *records, orders[i]);
        printf("%016llx\n", (unsigned long long)bench_checksum(records, 1000 * sizeof *records));
    }
    return 0;
}
