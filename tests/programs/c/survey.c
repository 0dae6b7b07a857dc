// Surveys a directory: walks it recursively, counts the words of every file,
// evaluates the arithmetic in `*.calc` files, and writes a report.
//
//     survey DIRECTORY [REPORT]
//
// Reads arguments, the environment (SURVEY_TOP), standard input, files and
// directories; allocates a node for each word; sorts through a callback;
// prints f32 and f64. Exit status: the number of expressions that are wrong.

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct word {
    struct word *next;
    uint32_t hash;
    uint32_t count;
    char text[];
};

struct words {
    struct word **buckets;
    size_t bucket_count;
    size_t used;
    uint64_t total;
};

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL) {
        fprintf(stderr, "survey: no memory for %zu bytes\n", size);
        exit(100);
    }
    return memory;
}

static uint32_t fnv1a(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    return hash;
}

static void rehash(struct words *words)
{
    size_t count = words->bucket_count ? words->bucket_count * 2 : 8;
    struct word **buckets = allocate(count * sizeof *buckets);
    for (size_t i = 0; i < words->bucket_count; i++) {
        for (struct word *word = words->buckets[i], *next; word; word = next) {
            next = word->next;
            word->next = buckets[word->hash & (count - 1)];
            buckets[word->hash & (count - 1)] = word;
        }
    }
    free(words->buckets);
    words->buckets = buckets;
    words->bucket_count = count;
}

static void count_word(struct words *words, const char *text, size_t length)
{
    if (words->used >= words->bucket_count)
        rehash(words);
    words->total++;
    uint32_t hash = fnv1a(text, length);
    struct word **bucket = &words->buckets[hash & (words->bucket_count - 1)];
    for (struct word *word = *bucket; word; word = word->next) {
        if (word->hash == hash && strlen(word->text) == length && !memcmp(word->text, text, length)) {
            word->count++;
            return;
        }
    }
    struct word *word = allocate(sizeof *word + length + 1);
    memcpy(word->text, text, length);
    word->hash = hash;
    word->count = 1;
    word->next = *bucket;
    *bucket = word;
    words->used++;
}

static void count_words(struct words *words, FILE *file)
{
    char word[128];
    size_t length = 0;
    int c;
    do {
        c = getc(file);
        if (c != EOF && isalnum(c)) {
            if (length < sizeof word)
                word[length++] = (char)tolower(c);
        } else if (length > 0) {
            count_word(words, word, length);
            length = 0;
        }
    } while (c != EOF);
}

static int by_count(const void *left, const void *right)
{
    const struct word *a = *(struct word *const *)left, *b = *(struct word *const *)right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->text, b->text);
}

static int by_text(const void *left, const void *right)
{
    return strcmp((*(struct word *const *)left)->text, (*(struct word *const *)right)->text);
}

static void print_words(const struct words *words, FILE *out, size_t top)
{
    static int (*const orders[])(const void *, const void *) = { by_count, by_text };
    static const char *const titles[] = { "most frequent", "first in the alphabet" };
    struct word **sorted = allocate((words->used + 1) * sizeof *sorted);
    double entropy = 0;
    size_t n = 0;
    for (size_t i = 0; i < words->bucket_count; i++)
        for (struct word *word = words->buckets[i]; word; word = word->next)
            sorted[n++] = word;
    qsort(sorted, n, sizeof *sorted, by_text);
    for (size_t i = 0; i < n; i++) {
        double p = (double)sorted[i]->count / (double)words->total;
        entropy -= p * log2(p);
    }
    fprintf(out, "%llu words, %zu different, %.12f bits each, %a\n",
            (unsigned long long)words->total, n, entropy, entropy);
    for (size_t order = 0; order < 2; order++) {
        qsort(sorted, n, sizeof *sorted, orders[order]);
        fprintf(out, "%s:\n", titles[order]);
        for (size_t i = 0; i < n && i < top; i++)
            fprintf(out, "  %-16s %6u %9.5f%%\n", sorted[i]->text, sorted[i]->count,
                    (double)(100.0f * (float)sorted[i]->count / (float)words->total));
    }
    free(sorted);
}

// Arithmetic by recursive descent; the operators are in a table of functions.

struct parser {
    const char *at;
    bool wrong;
};

static double add(double a, double b) { return a + b; }
static double subtract(double a, double b) { return a - b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }

static const struct operator {
    char sign;
    int level;
    double (*apply)(double, double);
} operators[] = {
    { '+', 0, add }, { '-', 0, subtract }, { '*', 1, multiply },
    { '/', 1, divide }, { '%', 1, fmod }, { '^', 2, pow },
};

static const struct function {
    const char *name;
    double (*apply)(double);
} functions[] = {
    { "sqrt", sqrt }, { "sin", sin }, { "exp", exp }, { "log", log }, { "floor", floor },
    { "rint", rint }, { "trunc", trunc }, { "abs", fabs }, { "atan", atan },
};

static void skip_space(struct parser *parser)
{
    while (isspace((unsigned char)*parser->at))
        parser->at++;
}

static double parse_level(struct parser *parser, int level);

static double parse_operand(struct parser *parser)
{
    skip_space(parser);
    if (*parser->at == '-') {
        parser->at++;
        return -parse_operand(parser);
    }
    if (*parser->at == '(') {
        parser->at++;
        double value = parse_level(parser, 0);
        skip_space(parser);
        if (*parser->at == ')')
            parser->at++;
        else
            parser->wrong = true;
        return value;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        size_t length = strlen(functions[i].name);
        if (!strncmp(parser->at, functions[i].name, length)) {
            parser->at += length;
            return functions[i].apply(parse_operand(parser));
        }
    }
    char *end;
    double value = strtod(parser->at, &end);
    if (end == parser->at)
        parser->wrong = true;
    parser->at = end;
    return value;
}

static double parse_level(struct parser *parser, int level)
{
    if (level > 2)
        return parse_operand(parser);
    double value = parse_level(parser, level + 1);
    for (;;) {
        skip_space(parser);
        const struct operator *found = NULL;
        for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
            if (operators[i].sign == *parser->at && operators[i].level == level)
                found = &operators[i];
        if (found == NULL)
            return value;
        parser->at++;
        // Powers group to the right.
        double right = parse_level(parser, level == 2 ? level : level + 1);
        value = found->apply(value, right);
    }
}

static int calculate(FILE *file, FILE *out)
{
    char line[512];
    int wrong = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == 0)
            continue;
        struct parser parser = { line, false };
        double value = parse_level(&parser, 0);
        if (isnan(value)) // its sign is the machine's choice
            value = fabs(value);
        if (parser.wrong || *parser.at != 0) {
            fprintf(out, "  %s: wrong at %d\n", line, (int)(parser.at - line));
            wrong++;
        } else {
            fprintf(out, "  %s = %.17g, as f32 %.9g, as i64 %lld\n", line, value,
                    (double)(float)value, fabs(value) < 9e18 ? (long long)value : 0LL);
        }
    }
    return wrong;
}

// The walk.

struct survey {
    FILE *out;
    struct words words;
    uint64_t bytes;
    unsigned files, directories;
    int wrong;
};

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void walk(struct survey *survey, const char *path, unsigned depth);

static void visit(struct survey *survey, const char *path, unsigned depth)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        fprintf(survey->out, "%*s%s: %s\n", (int)depth * 2, "", path, strerror(errno));
        return;
    }
    if (S_ISDIR(status.st_mode)) {
        fprintf(survey->out, "%*s%s/\n", (int)depth * 2, "", path);
        survey->directories++;
        walk(survey, path, depth + 1);
        return;
    }
    fprintf(survey->out, "%*s%s %lld\n", (int)depth * 2, "", path, (long long)status.st_size);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(survey->out, "%s: %s\n", path, strerror(errno));
        return;
    }
    survey->files++;
    survey->bytes += (uint64_t)status.st_size;
    size_t length = strlen(path);
    if (length > 5 && !strcmp(path + length - 5, ".calc"))
        survey->wrong += calculate(file, survey->out);
    else
        count_words(&survey->words, file);
    fclose(file);
}

static void walk(struct survey *survey, const char *path, unsigned depth)
{
    char **names = NULL;
    size_t count = 0;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        fprintf(survey->out, "%s: %s\n", path, strerror(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        names = realloc(names, (count + 1) * sizeof *names);
        names[count] = allocate(strlen(path) + strlen(entry->d_name) + 2);
        sprintf(names[count++], "%s/%s", path, entry->d_name);
    }
    closedir(directory);
    if (count > 0)
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        visit(survey, names[i], depth);
        free(names[i]);
    }
    free(names);
}

// Allocates and frees blocks of many sizes, growing memory on the way, and
// returns a checksum of what was in them.
static uint64_t churn(unsigned rounds)
{
    enum { SLOTS = 512 };
    uint8_t *slots[SLOTS] = { 0 };
    size_t sizes[SLOTS] = { 0 };
    uint64_t state = 0x9E3779B97F4A7C15u, checksum = 0;
    for (unsigned round = 0; round < rounds; round++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        size_t slot = (state >> 33) % SLOTS, size = 1 + (state >> 20) % (round % 64 ? 4096 : 300000);
        for (size_t i = 0; i < sizes[slot]; i += 97)
            checksum = (checksum << 7 | checksum >> 57) ^ slots[slot][i];
        slots[slot] = realloc(slots[slot], size);
        memset(slots[slot], (int)(state >> 56), size);
        sizes[slot] = size;
    }
    for (size_t slot = 0; slot < SLOTS; slot++)
        free(slots[slot]);
    return checksum;
}

static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: survey DIRECTORY [REPORT]\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        printf("argument %d: %s\n", i, argv[i]);
    const char *top = getenv("SURVEY_TOP");
    printf("SURVEY_TOP: %s\n", top ? top : "(unset)");

    struct survey survey = { .out = stdout };
    if (argc > 2 && (survey.out = fopen(argv[2], "w")) == NULL) {
        perror(argv[2]);
        return 2;
    }
    visit(&survey, argv[1], 0);
    count_words(&survey.words, stdin);
    fprintf(survey.out, "%u directories, %u files, %llu bytes\n", survey.directories, survey.files,
            (unsigned long long)survey.bytes);
    print_words(&survey.words, survey.out, top ? strtoul(top, NULL, 10) : 10);
    if (survey.out != stdout && fclose(survey.out) != 0) {
        perror(argv[2]);
        return 2;
    }
    printf("ackermann(2, 300) = %u\n", ackermann(2, 300));
    printf("churn: %016llx\n", (unsigned long long)churn(20000));
    return survey.wrong;
}
