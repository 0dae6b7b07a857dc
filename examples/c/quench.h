/* What the runtime, libquench.a, offers a main of one's own; see docs/LINKING.md. */
#ifndef QUENCH_H
#define QUENCH_H

/* Prepares the program: its memories, tables, descriptors and the handlers of traps; then
   calls the `_initialize` of its modules. Both arrays end with a null pointer and stay as
   they are; they may be null. To be called once, before anything else of the program. */
void quench_start(char **arguments, char **environment);

/* Calls function(data) on the guest's stack, which has the size of --max-stack. */
void quench_call(void (*function)(void *), void *data);

#endif
