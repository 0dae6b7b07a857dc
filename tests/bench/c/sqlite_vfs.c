// SQLite asks for an operating system even when nothing is in files: this one
// has none.
#include "sqlite3.h"
#include <string.h>

static int refuse_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs, (void)name, (void)flags, (void)out;
    file->pMethods = NULL;
    return SQLITE_CANTOPEN;
}

static int find_nothing(sqlite3_vfs *vfs, const char *name, int flags, int *found)
{
    (void)vfs, (void)name, (void)flags;
    *found = 0;
    return SQLITE_OK;
}

static int keep_name(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
    (void)vfs;
    strncpy(out, name, (size_t)room);
    return SQLITE_OK;
}

static int same_bytes(sqlite3_vfs *vfs, int count, char *out)
{
    (void)vfs;
    memset(out, 4, (size_t)count);
    return count;
}

static int same_time(sqlite3_vfs *vfs, double *days)
{
    (void)vfs;
    *days = 2461000.5;
    return SQLITE_OK;
}

int sqlite3_os_init(void)
{
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(sqlite3_file),
        .mxPathname = 256,
        .zName = "none",
        .xOpen = refuse_open,
        .xAccess = find_nothing,
        .xFullPathname = keep_name,
        .xRandomness = same_bytes,
        .xCurrentTime = same_time,
    };
    return sqlite3_vfs_register(&vfs, 1);
}

int sqlite3_os_end(void) { return SQLITE_OK; }
