// What tests/programs/debug.py looks at through gdb; it knows the lines by the
// words in their comments.

#include <stdio.h>

struct node {
    struct node *next;
    int value;
    const char *name;
};

static int total = 100;

__attribute__((noinline)) static int sum(const struct node *list, int factor)
{
    int result = 0;
    for (const struct node *at = list; at; at = at->next) {
        int product = at->value * factor;
        result += product; // in the loop
    }
    return result;
}

int main(int argc, char **argv)
{
    struct node second = {0, 7, "second"};
    struct node first = {&second, 5, "first"};
    double ratio = 1.5;
    int numbers[3] = {10, 20, 30};
    int *middle = &numbers[1];
    const char *text = "hello";
    int answer = sum(&first, argc + 1); // the call
    total += answer + *middle;
    printf("%s %d %g %s\n", text, total, ratio, argv[argc - 1] ? "" : "?"); // the end
    return 0;
}
