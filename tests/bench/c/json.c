// Parses JSON to a tree and adds up what is in it: branches on bytes, allocation.
#include "bench.h"

struct value {
    enum { NUMBER, STRING, ARRAY, OBJECT, WORD } kind;
    double number;
    struct value *first, *next;
    const char *name, *text;
    size_t name_length, text_length;
};

static const char *at;
static struct value *pool;
static size_t used;

static void skip_space(void)
{
    while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
        at++;
}

static size_t parse_string(const char **text)
{
    *text = ++at;
    while (*at != '"')
        at += *at == '\\' ? 2 : 1;
    return (size_t)(at++ - *text);
}

static double parse_number(void)
{
    double value = 0, scale = 1;
    int sign = *at == '-' ? at++, -1 : 1;
    while (*at >= '0' && *at <= '9')
        value = value * 10 + (*at++ - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++)
            value += (*at - '0') * (scale /= 10);
    return sign * value;
}

static struct value *parse(void)
{
    struct value *value = &pool[used++];
    memset(value, 0, sizeof *value);
    skip_space();
    switch (*at) {
    case '"':
        value->kind = STRING;
        value->text_length = parse_string(&value->text);
        break;
    case '[':
    case '{': {
        char close = *at == '[' ? ']' : '}';
        value->kind = *at++ == '[' ? ARRAY : OBJECT;
        struct value **tail = &value->first;
        for (skip_space(); *at != close; skip_space()) {
            const char *name = NULL;
            size_t length = 0;
            if (*at == ',')
                at++;
            skip_space();
            if (close == '}') {
                length = parse_string(&name);
                skip_space();
                at++;
            }
            *tail = parse();
            (*tail)->name = name;
            (*tail)->name_length = length;
            tail = &(*tail)->next;
        }
        at++;
        break;
    }
    case 't':
    case 'f':
    case 'n':
        value->kind = WORD;
        for (value->text = at; *at >= 'a' && *at <= 'z'; at++)
            value->text_length++;
        break;
    default:
        value->kind = NUMBER;
        value->number = parse_number();
    }
    return value;
}

static double add_up(const struct value *value, int depth)
{
    double sum = value->kind * depth + value->number + (double)(value->text_length + value->name_length);
    for (const struct value *child = value->first; child; child = child->next)
        sum += add_up(child, depth + 1);
    return sum;
}

int main(void)
{
    enum { RECORDS = 20000 };
    char *text = bench_allocate(RECORDS * 256), *end = text;
    uint64_t state = 5;
    *end++ = '[';
    for (int i = 0; i < RECORDS; i++) {
        uint32_t a = bench_random(&state), b = bench_random(&state);
        end += sprintf(end, "%s{\"id\": %u, \"name\": \"item \\\"%u\\\"\", \"at\": [%d.%03u, -%u.5], ", i ? ",\n " : "", i,
                       a, (int)(a % 1000) - 500, b % 1000, b % 90);
        end += sprintf(end, "\"tags\": [\"%x\", \"%x\"], \"open\": %s, \"inner\": {\"deep\": {\"er\": null}}}", a, b,
                       a & 1 ? "true" : "false");
    }
    strcpy(end, "]");
    pool = bench_allocate(RECORDS * 16 * sizeof *pool);
    double sum = 0;
    for (int turn = 0; turn < 60; turn++) {
        at = text;
        used = 0;
        sum += add_up(parse(), turn);
    }
    printf("%zu values, %.6f\n", used, sum);
    return 0;
}
