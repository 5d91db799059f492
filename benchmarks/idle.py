"""How long a house takes to be served, and what it costs to do nothing.

    PYTHONPATH=src python -m benchmarks.idle HOME [seconds]

HOME is the data directory of a house that exists (e.g. ./var after bin/up --once). Prints one JSON object.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path


def measure(home: Path, seconds: float) -> dict[str, float]:
    """Start `potager up`, wait until it answers, leave it alone for so many seconds, stop it."""
    environment = {**os.environ, "POTAGER_HOME": str(home), "PYTHONPATH": "src"}
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "potager.cli.main", "up", "--port", "0"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    for line in server.stderr:
        if re.search(r"http://127\.0\.0\.1:\d+", line):
            break
    ready = time.perf_counter() - begun
    time.sleep(10)
    before = _cpu_seconds(server.pid)
    time.sleep(seconds)
    spent = _cpu_seconds(server.pid) - before
    stopping = time.perf_counter()
    server.terminate()
    server.communicate(timeout=60)
    return {
        "ready_seconds": round(ready, 2),
        "idle_seconds": seconds,
        "idle_cpu_percent_of_a_core": round(spent / seconds * 100, 2),
        "stop_seconds": round(time.perf_counter() - stopping, 2),
    }


def _cpu_seconds(pid: int) -> float:
    """User and system time of the process and its threads, from the kernel's own count."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 60.0), indent=1))
