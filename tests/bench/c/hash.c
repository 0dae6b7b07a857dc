// Counting words in a chained hash table: allocation, pointers, short memcmp.
#include "bench.h"

struct entry {
    struct entry *next;
    uint32_t hash, count, length;
    char text[];
};

int main(void)
{
    enum { BUCKETS = 1 << 17, LENGTH = 1 << 21 };
    char *text = bench_text(LENGTH);
    uint64_t sum = 0;
    for (uint32_t turn = 0; turn < 6; turn++) {
        struct entry **buckets = calloc(BUCKETS, sizeof *buckets);
        char word[64];
        for (size_t at = 0, length = 0; at < LENGTH; at++) {
            if (text[at] > ' ') {
                word[length++] = text[at];
                continue;
            }
            // Tails make the words many: a table that does not fit the cache.
            length += (size_t)sprintf(word + length, "%u", (uint32_t)(at * 2654435761u) >> 19);
            uint32_t hash = (uint32_t)bench_checksum(word, length);
            struct entry **bucket = &buckets[hash % BUCKETS], *entry = *bucket;
            while (entry && (entry->hash != hash || entry->length != length || memcmp(entry->text, word, length)))
                entry = entry->next;
            if (entry == NULL) {
                entry = bench_allocate(sizeof *entry + length);
                *entry = (struct entry){ *bucket, hash, 0, (uint32_t)length };
                memcpy(entry->text, word, length);
                *bucket = entry;
            }
            entry->count += turn;
            length = 0;
        }
        for (size_t i = 0; i < BUCKETS; i++)
            for (struct entry *entry = buckets[i], *next; entry; entry = next) {
                sum += (uint64_t)entry->hash * entry->count;
                next = entry->next;
                free(entry);
            }
        free(buckets);
    }
    printf("%016llx\n", (unsigned long long)sum);
    return 0;
}
