# A toolchain file for CMake: compiles to WebAssembly with clang and wasi-libc, and runs
# programs with quench.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
# Options of quench for the machine, such as `--target;aarch64`.
set(QUENCH_OPTIONS "" CACHE STRING "options for quench")
set(CMAKE_CROSSCOMPILING_EMULATOR quench run --dir . ${QUENCH_OPTIONS})
