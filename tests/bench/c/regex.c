// A backtracking matcher of regular expressions: recursion, short strings.
#include "bench.h"
#include <stdbool.h>

static bool match_here(const char *pattern, const char *text);

static bool match_class(const char *pattern, char c)
{
    if (*pattern == '.')
        return c != '\n' && c != 0;
    if (*pattern == '[') {
        for (pattern++; *pattern != ']'; pattern++)
            if (pattern[1] == '-' ? (c >= pattern[0] && c <= pattern[2]) : c == *pattern)
                return true;
            else if (pattern[1] == '-')
                pattern += 2;
        return false;
    }
    return *pattern == c;
}

static const char *after_class(const char *pattern)
{
    return *pattern == '[' ? strchr(pattern, ']') + 1 : pattern + 1;
}

static bool match_star(const char *class, const char *pattern, const char *text)
{
    const char *end = text;
    while (match_class(class, *end))
        end++;
    for (; end >= text; end--)
        if (match_here(pattern, end))
            return true;
    return false;
}

static bool match_here(const char *pattern, const char *text)
{
    if (*pattern == 0)
        return true;
    if (*pattern == '$' && pattern[1] == 0)
        return *text == 0 || *text == '\n';
    const char *next = after_class(pattern);
    if (*next == '*')
        return match_star(pattern, next + 1, text);
    if (*next == '+')
        return match_class(pattern, *text) && match_star(pattern, next + 1, text + 1);
    if (*next == '?')
        return (match_class(pattern, *text) && match_here(next + 1, text + 1)) || match_here(next + 1, text);
    return *text != 0 && match_class(pattern, *text) && match_here(next, text + 1);
}

int main(void)
{
    static const char *const patterns[] = {
        "re[mn]+i*ta.*sol", "[a-m]+ [n-z]+ [a-m]+$", "u?u?u?ve", "t[a-z]*n t[a-z]*n", "kar.*kar.*kar",
    };
    char *text = bench_text(6 << 20);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        uint32_t found = 0;
        for (const char *at = text; *at; at++)
            found += match_here(patterns[i], at);
        printf("%s: %u\n", patterns[i], found);
    }
    return 0;
}
