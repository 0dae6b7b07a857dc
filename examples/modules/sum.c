/* Prints the sum of the numbers in a file, and fails if it cannot. */

#include <stdio.h>

int main(int count, char **arguments)
{
    long sum = 0, number;
    FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (!file) {
        perror("sum");
        return 3;
    }
    while (fscanf(file, "%ld", &number) == 1)
        sum += number;
    printf("%ld\n", sum);
    return 0;
}
