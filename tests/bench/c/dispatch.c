// Shapes behind tables of functions, as objects with virtual functions are.
#include "bench.h"

struct shape;

struct methods {
    double (*area)(const struct shape *);
    void (*grow)(struct shape *, double);
};

struct shape {
    const struct methods *methods;
    double width, height;
};

static double circle_area(const struct shape *s) { return 3.14159265 * s->width * s->width; }
static double square_area(const struct shape *s) { return s->width * s->width; }
static double box_area(const struct shape *s) { return s->width * s->height; }
static double triangle_area(const struct shape *s) { return s->width * s->height / 2; }
static void grow_one(struct shape *s, double by) { s->width += by; }
static void grow_both(struct shape *s, double by)
{
    s->width += by;
    s->height += by;
}

static const struct methods kinds[] = {
    { circle_area, grow_one },
    { square_area, grow_one },
    { box_area, grow_both },
    { triangle_area, grow_both },
};

int main(void)
{
    enum { COUNT = 4000 };
    struct shape **shapes = bench_allocate(COUNT * sizeof *shapes);
    uint64_t state = 5;
    for (int i = 0; i < COUNT; i++) {
        shapes[i] = bench_allocate(sizeof **shapes);
        *shapes[i] = (struct shape){ &kinds[bench_random(&state) / 512 % 16 % 4], i % 10, i % 7 };
    }
    double sum = 0;
    for (int turn = 0; turn < 15000; turn++) {
        for (int i = 0; i < COUNT; i++)
            sum += shapes[i]->methods->area(shapes[i]);
        for (int i = turn % 16; i < COUNT; i += 16)
            shapes[i]->methods->grow(shapes[i], 0.01);
    }
    printf("%.3f\n", sum);
    return 0;
}
