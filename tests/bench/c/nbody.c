// Five bodies under gravity: f64 arithmetic, square roots, small loops.
#include "bench.h"
#include <math.h>

enum { BODIES = 5 };

struct body {
    double x[3], v[3], mass;
};

static struct body bodies[BODIES] = {
    { { 0, 0, 0 }, { 0, 0, 0 }, 39.5 },
    { { 4.8, -1.2, -0.1 }, { 0.6, 2.8, -0.02 }, 0.038 },
    { { 8.3, 4.1, -0.4 }, { -1.0, 1.8, 0.008 }, 0.011 },
    { { 12.9, -15.1, -0.2 }, { 1.1, 0.87, -0.01 }, 0.0017 },
    { { 15.4, -25.9, 0.2 }, { 0.98, 0.59, -0.03 }, 0.002 },
};

static void advance(double step)
{
    for (int i = 0; i < BODIES; i++) {
        for (int j = i + 1; j < BODIES; j++) {
            double d[3], square = 0;
            for (int k = 0; k < 3; k++) {
                d[k] = bodies[i].x[k] - bodies[j].x[k];
                square += d[k] * d[k];
            }
            double pull = step / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                bodies[i].v[k] -= d[k] * bodies[j].mass * pull;
                bodies[j].v[k] += d[k] * bodies[i].mass * pull;
            }
        }
    }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            bodies[i].x[k] += step * bodies[i].v[k];
}

int main(void)
{
    for (int i = 0; i < 6000000; i++)
        advance(0.001);
    for (int i = 0; i < BODIES; i++)
        printf("%.9f %.9f %.9f\n", bodies[i].x[0], bodies[i].x[1], bodies[i].x[2]);
    return 0;
}
