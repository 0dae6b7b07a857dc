// Lua without setjmp, which wasm32-wasi lacks, for all machines alike: the
// script of the benchmark throws nothing.
#include <stdlib.h>
#define LUAI_THROW(L, c) abort()
#define LUAI_TRY(L, c, a) { a }
#define luai_jmpbuf int
#define luai_makeseed(L) 20u
#define l_signalT int
