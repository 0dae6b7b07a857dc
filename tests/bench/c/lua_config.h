// Lua without setjmp, for all machines alike: the script of the benchmark
// throws nothing but a coroutine's end, and wasm32-wasi has no setjmp here.
#include <stdlib.h>
#define LUAI_THROW(L, c) abort()
#define LUAI_TRY(L, c, a) { a }
#define luai_jmpbuf int
#define luai_makeseed(L) 20u
#define l_signalT int
