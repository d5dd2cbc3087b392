"""Twenty seconds of the soak: every kind of fault on one client in many threads and forked processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOAK = ROOT / "benchmarks" / "soak.py"


@pytest.mark.timeout(120)
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc here, to look at the processes")
def test_nothing_is_lost_or_doubled_or_left_and_every_failure_is_ours():
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, SOAK, "--minutes", str(20 / 60), "--rate", "40", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, "PYTHONPATH": path},
        timeout=110,
    )

    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert (result["strange"], result["wrong"]) == ([], []), done.stderr
    assert (result["sockets"], result["threads_left"]) == (0, 0)
    assert done.returncode == 0, done.stderr
    assert len(result["struck"]) == 15
    assert result["failed"] > 20
    assert result["writes"]["answered"] > 20
