// What wasm2c's output needs to run: the WASI functions that the benchmarks
// import, as far as they use them. The module is compiled under the name `m`.
#define _GNU_SOURCE
#include "m.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct Z_wasi_snapshot_preview1_instance_t {
    wasm_rt_memory_t *memory;
};

#define W struct Z_wasi_snapshot_preview1_instance_t *w
#define IMPORT(name) __attribute__((used)) u32 Z_wasi_snapshot_preview1Z_##name

enum { SUCCESS = 0, BADF = 8, SPIPE = 70 };

static u32 load(W, u32 at)
{
    u32 value;
    memcpy(&value, w->memory->data + at, sizeof value);
    return value;
}

static void store(W, u32 at, u64 value, size_t size)
{
    memcpy(w->memory->data + at, &value, size);
}

IMPORT(fd_write)(W, u32 fd, u32 list, u32 count, u32 written)
{
    u32 total = 0;
    for (u32 i = 0; i < count; i++)
        total += (u32)write((int)fd, w->memory->data + load(w, list + 8 * i), load(w, list + 8 * i + 4));
    store(w, written, total, 4);
    return SUCCESS;
}

IMPORT(fd_read)(W, u32 fd, u32 list, u32 count, u32 got)
{
    (void)fd, (void)list, (void)count;
    store(w, got, 0, 4);
    return SUCCESS;
}

IMPORT(clock_time_get)(W, u32 clock, u64 precision, u32 time)
{
    (void)precision;
    struct timespec now;
    clock_gettime(clock == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
    store(w, time, (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec, 8);
    return SUCCESS;
}

IMPORT(environ_sizes_get)(W, u32 count, u32 size)
{
    store(w, count, 0, 4);
    store(w, size, 0, 4);
    return SUCCESS;
}

IMPORT(args_sizes_get)(W, u32 count, u32 size)
{
    return Z_wasi_snapshot_preview1Z_environ_sizes_get(w, count, size);
}

// clang-format off
IMPORT(environ_get)(W, u32 a, u32 b) { (void)w, (void)a, (void)b; return SUCCESS; }
IMPORT(args_get)(W, u32 a, u32 b) { (void)w, (void)a, (void)b; return SUCCESS; }
IMPORT(fd_close)(W, u32 fd) { (void)w, (void)fd; return SUCCESS; }
IMPORT(fd_seek)(W, u32 fd, u64 to, u32 from, u32 at) { (void)w, (void)fd, (void)to, (void)from, (void)at; return SPIPE; }
IMPORT(fd_fdstat_get)(W, u32 fd, u32 at)
{
    (void)fd;
    memset(w->memory->data + at, 0, 24);
    store(w, at, 2, 1);
    return SUCCESS;
}
IMPORT(fd_fdstat_set_flags)(W, u32 fd, u32 flags) { (void)w, (void)fd, (void)flags; return BADF; }
IMPORT(fd_prestat_get)(W, u32 fd, u32 at) { (void)w, (void)fd, (void)at; return BADF; }
IMPORT(fd_prestat_dir_name)(W, u32 fd, u32 at, u32 size) { (void)w, (void)fd, (void)at, (void)size; return BADF; }
IMPORT(fd_renumber)(W, u32 from, u32 to) { (void)w, (void)from, (void)to; return BADF; }
IMPORT(random_get)(W, u32 at, u32 size) { memset(w->memory->data + at, 7, size); return SUCCESS; }
IMPORT(path_open)(W, u32 a, u32 b, u32 c, u32 d, u32 e, u64 f, u64 g, u32 h, u32 i)
{
    (void)w, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h, (void)i;
    return BADF;
}
// clang-format on

void Z_wasi_snapshot_preview1Z_proc_exit(W, u32 status)
{
    (void)w;
    exit((int)status);
}

int main(void)
{
    static Z_m_instance_t module;
    static struct Z_wasi_snapshot_preview1_instance_t wasi;
    wasm_rt_init();
    Z_m_init_module();
    Z_m_instantiate(&module, &wasi);
    wasi.memory = Z_mZ_memory(&module);
    Z_mZ__start(&module);
    return 0;
}
