// Builds and drops binary trees: malloc and free, recursion.
#include "bench.h"

struct tree {
    struct tree *left, *right;
};

static struct tree *grow(int depth)
{
    struct tree *tree = bench_allocate(sizeof *tree);
    *tree = depth ? (struct tree){ grow(depth - 1), grow(depth - 1) } : (struct tree){ 0 };
    return tree;
}

static uint32_t fell(struct tree *tree)
{
    uint32_t count = 1;
    if (tree->left)
        count += fell(tree->left) + fell(tree->right);
    free(tree);
    return count;
}

int main(void)
{
    struct tree *old = grow(18);
    uint32_t total = 0;
    for (int depth = 4; depth <= 18; depth += 2)
        for (int i = 0; i < 1 << (20 - depth); i++)
            total += fell(grow(depth));
    printf("%u %u\n", total, fell(old));
    return 0;
}
