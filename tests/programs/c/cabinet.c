// Uses files and directories in every way wasi-libc offers, and tells what each
// call answered: what succeeds, and the error number of what must not.
//
//     cabinet DIRECTORY
//
// DIRECTORY is a subdirectory of the one that is given. It holds `file`,
// `folder/`, `inside` (a link to file), `outside` (a link to `../..`, which is
// not given) and `loop` (a link to itself).

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// Prints the value of a call, or the name of its error.
static long long tell(const char *call, long long value)
{
    if (value < 0)
        printf("%-44s %s\n", call, strerror(errno));
    else
        printf("%-44s %lld\n", call, value);
    return value;
}

#define TELL(call) tell(#call, (long long)(call))

static void show(const char *path)
{
    char text[128];
    int file = open(path, O_RDONLY);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text);
    if (length < 0)
        printf("  %s: %s\n", path, strerror(errno));
    else
        printf("  %s: %zd bytes, `%.*s`\n", path, length, (int)length, text);
    if (file >= 0)
        close(file);
}

static const char *kind(mode_t mode)
{
    return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "directory" : S_ISLNK(mode) ? "link" : "other";
}

static void show_status(const char *path)
{
    struct stat status, link;
    if (lstat(path, &link) != 0) {
        printf("  %s: lstat: %s\n", path, strerror(errno));
        return;
    }
    if (stat(path, &status) != 0)
        printf("  %s is a %s; stat: %s\n", path, kind(link.st_mode), strerror(errno));
    else
        printf("  %s is a %s to a %s, %lld bytes, %llu links\n", path, kind(link.st_mode), kind(status.st_mode),
               S_ISREG(status.st_mode) ? (long long)status.st_size : -1LL,
               S_ISREG(status.st_mode) ? (unsigned long long)status.st_nlink : 0ULL);
}

static void opening(void)
{
    puts("opening");
    TELL(open("file", O_RDONLY | O_DIRECTORY));
    TELL(open("file", O_CREAT | O_EXCL | O_WRONLY, 0600));
    TELL(open("folder", O_WRONLY));
    TELL(open("missing", O_RDONLY));
    TELL(open("missing/below", O_CREAT | O_WRONLY, 0600));
    TELL(open("file/below", O_RDONLY));
    TELL(open("", O_RDONLY));
    TELL(open("loop", O_RDONLY));
    TELL(open("inside", O_RDONLY | O_NOFOLLOW));
    TELL(open("outside", O_RDONLY));
    TELL(open("outside/etc/passwd", O_RDONLY));
    TELL(open("../../sibling", O_RDONLY));
    TELL(open("folder/../../../sibling", O_CREAT | O_WRONLY, 0600));
    TELL(open("/etc/passwd", O_RDONLY));
    TELL(open("folder/../file", O_RDONLY) >= 0);
    TELL(open("./folder/.././/inside", O_RDONLY) >= 0);
    for (const char *const *path = (const char *const[]){ "file", "inside", "outside", "loop", "folder", "missing", NULL }; *path; path++)
        show_status(*path);
}

static void reading_and_writing(void)
{
    puts("reading and writing");
    char text[64] = { 0 };
    int file = open("made", O_CREAT | O_RDWR | O_TRUNC, 0644);
    TELL(write(file, "0123456789", 10));
    TELL(lseek(file, -4, SEEK_END));
    TELL(read(file, text, 2));
    TELL(lseek(file, 0, SEEK_CUR));
    TELL(pread(file, text, 3, 1));
    TELL(pwrite(file, "xyz", 3, 12));
    TELL(lseek(file, -1, SEEK_SET));
    TELL(lseek(file, 100, SEEK_SET));
    TELL(read(file, text, 10));
    TELL(ftruncate(file, 20));
    TELL(ftruncate(file, -1));
    // As many parts at once as the host likes: the first is enough to go on.
    struct iovec parts[] = { { "one,", 4 }, { NULL, 0 } };
    TELL(lseek(file, 15, SEEK_SET));
    TELL(writev(file, parts, 2));
    TELL(fsync(file));
    TELL(fdatasync(file));
    TELL(fcntl(file, F_GETFL) & O_APPEND);
    TELL(close(file));
    TELL(close(file));
    TELL(write(file, "x", 1));
    TELL(read(99, text, 1));
    show("made");

    file = open("made", O_WRONLY | O_APPEND);
    TELL(lseek(file, 0, SEEK_SET));
    TELL(write(file, "!end", 4));
    TELL(read(file, text, 1));
    TELL(fcntl(file, F_SETFL, 0));
    TELL(pwrite(file, "P", 1, 0));
    close(file);
    file = open("made", O_RDONLY);
    TELL(write(file, "x", 1));
    TELL(ftruncate(file, 1));
    close(file);
    file = open("folder", O_RDONLY | O_DIRECTORY);
    TELL(read(file, text, 1));
    TELL(lseek(file, 0, SEEK_CUR));
    close(file);
    show("made");
}

static void names(void)
{
    puts("names");
    char text[64];
    TELL(mkdir("folder", 0755));
    TELL(mkdir("new", 0755));
    TELL(mkdir("new/deep/er", 0755));
    TELL(rename("made", "new/moved"));
    TELL(rename("new/moved", "missing/there"));
    TELL(rename("file", "new"));
    TELL(rename("new", "file"));
    TELL(rename("new", "new/below"));
    TELL(rename("missing", "elsewhere"));
    TELL(rename("file", "../../escaped"));
    TELL(link("file", "second"));
    TELL(link("file", "second"));
    TELL(link("missing", "third"));
    TELL(link("inside", "linked"));
    show_status("file");
    TELL(symlink("file", "pointer"));
    TELL(symlink("file", "pointer"));
    TELL(symlink("nowhere", "dangling"));
    TELL(symlink("/etc/passwd", "absolute"));
    TELL(symlink("../../../up", "upwards"));
    show("pointer");
    show("dangling");
    show("absolute");
    show("upwards");
    TELL(readlink("pointer", text, sizeof text));
    TELL(readlink("pointer", text, 2));
    TELL(readlink("file", text, sizeof text));
    TELL(readlink("missing", text, sizeof text));
    TELL(unlink("new"));
    TELL(rmdir("new"));
    TELL(rmdir("file"));
    TELL(unlink("missing"));
    TELL(unlink("new/moved"));
    TELL(rmdir("new"));
    TELL(unlink("pointer"));
    TELL(unlink("second"));
    TELL(rmdir("."));
    TELL(unlink("../../sibling"));
    TELL(rmdir("../.."));
    TELL(access("file", R_OK));
    TELL(access("missing", F_OK));
    TELL(access("../../sibling", F_OK));
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

// More entries than any buffer holds at once, and a removal on the way.
static void directories(void)
{
    enum { COUNT = 700 };
    puts("directories");
    char path[128], *found[COUNT + 2];
    mkdir("many", 0755);
    for (int i = 0; i < COUNT; i++) {
        snprintf(path, sizeof path, "many/%0*d", 10 + i % 60, i);
        close(open(path, O_CREAT | O_WRONLY, 0644));
    }
    DIR *directory = opendir("many");
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_type == DT_REG && count < COUNT + 2)
            found[count++] = strdup(entry->d_name);
    qsort(found, count, sizeof *found, by_name);
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        for (const char *at = found[i]; *at; at++)
            sum = sum * 31 + (uint8_t)*at;
    printf("%zu entries, %08x\n", count, sum);
    rewinddir(directory);
    size_t again = 0;
    while (readdir(directory))
        again++;
    printf("%zu after rewinding, with . and ..\n", again);
    TELL(closedir(directory));
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "many/%s", found[i]);
        unlink(path);
    }
    TELL(rmdir("many"));
    TELL(opendir("file") != NULL);
    TELL(opendir("missing") != NULL);
}

static void times(void)
{
    puts("times");
    struct timespec spans[] = { { 1000000000, 123456789 }, { 1234567890, 987654321 } };
    struct stat status = { 0 };
    TELL(utimensat(AT_FDCWD, "file", spans, 0));
    stat("file", &status);
    printf("%lld.%09ld %lld.%09ld\n", (long long)status.st_atim.tv_sec, status.st_atim.tv_nsec,
           (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    spans[0].tv_nsec = UTIME_OMIT;
    spans[1].tv_sec = 5;
    TELL(utimensat(AT_FDCWD, "inside", spans, 0));
    stat("file", &status);
    printf("%lld %lld\n", (long long)status.st_atim.tv_sec, (long long)status.st_mtim.tv_sec);
    TELL(utimensat(AT_FDCWD, "missing", spans, 0));
    struct timespec before, after, pause = { 0, 20000000 };
    clock_gettime(CLOCK_MONOTONIC, &before);
    TELL(nanosleep(&pause, NULL));
    clock_gettime(CLOCK_MONOTONIC, &after);
    long long slept = (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
    printf("slept: %d\n", slept >= 20000000 && slept < 20000000000LL);
    TELL(sched_yield());
    uint64_t random[2] = { 0 };
    TELL(getentropy(random, sizeof random));
    printf("random: %d\n", random[0] != 0 && random[0] != random[1]);
}

static void streams(void)
{
    puts("streams");
    char line[64];
    struct pollfd input = { .fd = 0, .events = POLLIN };
    TELL(poll(&input, 1, 1000));
    printf("%d\n", input.revents & POLLIN);
    while (fgets(line, sizeof line, stdin))
        printf("  line: %s", line);
    printf("\nend of input: %d\n", feof(stdin) != 0);
    TELL(isatty(0));
    FILE *file = fopen("log", "w+");
    for (int i = 0; i < 5000; i++)
        fprintf(file, "%d: %g\n", i, i / 7.0);
    fseek(file, 1000, SEEK_SET);
    printf("%s", fgets(line, sizeof line, file));
    fseek(file, -20, SEEK_END);
    printf("%s at %ld\n", fgets(line, sizeof line, file), ftell(file));
    fclose(file);
    file = fopen("log", "a");
    fputs("appended\n", file);
    fclose(file);
    show_status("log");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc != 2 || chdir(argv[1]) != 0) {
        perror("usage: cabinet DIRECTORY");
        return 2;
    }
    opening();
    reading_and_writing();
    names();
    directories();
    times();
    streams();
    return 0;
}
