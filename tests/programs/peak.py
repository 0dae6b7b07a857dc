"""Runs a command and writes to a file how long it took, in seconds, and the
most memory that it had, in bytes. A process of its own: a child begins with
the peak of who starts it, so that must be small.

    python3 -SE peak.py FILE COMMAND…"""

import os
import sys
import time

start = time.monotonic()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    file.write(f"{time.monotonic() - start} {usage.ru_maxrss * 1024}")
sys.exit(max(os.waitstatus_to_exitcode(status), -1) & 0xFF)
