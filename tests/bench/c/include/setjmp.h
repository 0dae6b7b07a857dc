// Lua includes it and, as configured here, does not use it.
