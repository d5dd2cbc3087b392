"""The command is one of its collection, with a help as any other."""

import subprocess
import sys


def connectapi(*words):
    done = subprocess.run([sys.executable, "-m", "connectapi", *words], capture_output=True, text=True, check=True)
    return done.stdout


everybody = connectapi("--server", "demo", "users", "idle", "--days", "0").split()
nobody = connectapi("--server", "demo", "users", "idle", "--days", "36500").split()
print(len(everybody), len(nobody))

assert len(everybody) > 5
assert set(nobody) < set(everybody)
assert "List the users who have not been active for long." in connectapi("users", "--help")
assert "--days" in connectapi("users", "idle", "--help")
