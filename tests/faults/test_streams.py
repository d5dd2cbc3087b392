"""Uploads and downloads through processes of their own, in little memory, and over a connection that breaks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STREAMS = ROOT / "benchmarks" / "streams.py"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="no /proc here, to look at the memory")
def test_a_bundle_goes_up_and_comes_down_again_in_little_memory_and_goes_on_where_it_broke():
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, STREAMS, "--mebibytes", "64", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, "PYTHONPATH": path},
        timeout=55,
    )

    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert result["wrong"] == []
    assert result["size"] > 64 * 2**20
    assert all(more < 32 for name in ("upload", "download") for more in result[name]["more"].values())
