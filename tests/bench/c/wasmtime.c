// Runs a module that `wasmtime compile` made, with Wasmtime's library: a command
// for a machine for which there is no other Wasmtime.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// What is used of the library's interface.
struct function {
    uint64_t store;
    void *private;
};
struct bytes {
    size_t size;
    char *data;
};
void *wasm_engine_new(void);
void *wasmtime_store_new(void *engine, void *data, void (*finalizer)(void *));
void *wasmtime_store_context(void *store);
void *wasmtime_linker_new(void *engine);
void *wasmtime_linker_define_wasi(void *linker);
void *wasi_config_new(void);
void wasi_config_inherit_stdout(void *config);
void *wasmtime_context_set_wasi(void *context, void *config);
void *wasmtime_module_deserialize_file(void *engine, const char *path, void **module);
void *wasmtime_linker_module(void *linker, void *context, const char *name, size_t length, void *module);
void *wasmtime_linker_get_default(void *linker, void *context, const char *name, size_t length, struct function *);
void *wasmtime_func_call(void *context, const struct function *, const void *, size_t, void *, size_t, void **trap);
void wasmtime_error_message(const void *error, struct bytes *message);
bool wasmtime_error_exit_status(const void *error, int *status);

// The status that the module asked for, or 1 with what is wrong.
static int failed(const void *error) {
    int status = 1;
    if (!wasmtime_error_exit_status(error, &status)) {
        struct bytes message;
        wasmtime_error_message(error, &message);
        fprintf(stderr, "%.*s\n", (int)message.size, message.data);
    }
    return status;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s module.cwasm\n", argv[0]);
        return 2;
    }
    void *engine = wasm_engine_new(), *linker = wasmtime_linker_new(engine);
    void *context = wasmtime_store_context(wasmtime_store_new(engine, NULL, NULL));
    void *module, *error, *trap = NULL, *config = wasi_config_new();
    struct function start;
    wasi_config_inherit_stdout(config);
    if ((error = wasmtime_context_set_wasi(context, config)) || (error = wasmtime_linker_define_wasi(linker)) ||
        (error = wasmtime_module_deserialize_file(engine, argv[1], &module)) ||
        (error = wasmtime_linker_module(linker, context, "", 0, module)) ||
        (error = wasmtime_linker_get_default(linker, context, "", 0, &start)) ||
        (error = wasmtime_func_call(context, &start, NULL, 0, NULL, 0, &trap)))
        return failed(error);
    if (trap)
        fprintf(stderr, "%s: trapped\n", argv[1]);
    return trap != NULL;
}
