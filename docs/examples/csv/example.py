"""A list is a table with a head, one item is a table of one row."""

import csv
import io
import subprocess
import sys


def connectapi(*words):
    done = subprocess.run([sys.executable, "-m", "connectapi", *words], capture_output=True, text=True, check=True)
    return done.stdout


users = list(csv.DictReader(io.StringIO(connectapi("--server", "demo", "users", "list", "--format", "csv"))))
(me,) = csv.DictReader(io.StringIO(connectapi("--server", "demo", "users", "whoami", "--format", "csv")))
print(me["username"], len(users))

assert len(users) > 5
assert me["username"] in {each["username"] for each in users}
assert "csv" in connectapi("users", "list", "--help")
