// Starts programs and waits for them, in turns, and prints for each the median
// time from starting to exit, in microseconds.
//
//     spawn ROUNDS PROGRAM…
//
// Arguments of a program stand behind tabs.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

enum { WORDS = 16 };

static void split(char *text, char **words)
{
    int count = 0;
    for (char *word = strtok(text, "\t"); word && count < WORDS; word = strtok(NULL, "\t"))
        words[count++] = word;
    words[count] = NULL;
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[1]) : 0, programs = argc - 2;
    if (rounds < 1) {
        fprintf(stderr, "usage: spawn ROUNDS PROGRAM...\n");
        return 2;
    }
    double *times = calloc((size_t)(rounds * programs), sizeof *times);
    char *(*commands)[WORDS + 1] = calloc((size_t)programs, sizeof *commands);
    for (int program = 0; program < programs; program++)
        split(argv[program + 2], commands[program]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (int round = 0; round < rounds; round++)
        for (int program = 0; program < programs; program++) {
            char **arguments = commands[program], *environment[] = { NULL };
            pid_t child;
            int status;
            double start = now();
            if (posix_spawn(&child, arguments[0], &actions, NULL, arguments, environment) != 0
                || waitpid(child, &status, 0) != child || status != 0) {
                fprintf(stderr, "%s failed\n", arguments[0]);
                return 1;
            }
            times[program * rounds + round] = now() - start;
        }
    for (int program = 0; program < programs; program++) {
        qsort(times + program * rounds, (size_t)rounds, sizeof *times, by_value);
        printf("%.1f\n", times[program * rounds + rounds / 2]);
    }
    return 0;
}
