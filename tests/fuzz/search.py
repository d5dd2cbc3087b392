"""Search for bytes that break a promise, guided by coverage (atheris, which is libFuzzer for Python).

    python tests/fuzz/search.py --seconds 600 [answer spec archive]

Each target runs in a process of its own. What it finds is left in the current directory, as `TARGET-crash-…`; with a
name of its own in `tests/fuzz/corpus/TARGET/` it is a test from then on. An input that takes longer than ten
seconds is a find, too.
"""

import argparse
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description="Fuzz the loader of resource files, the decoder and the unpacking.")
    parser.add_argument("targets", nargs="*", default=["answer", "spec", "archive"])
    parser.add_argument("--seconds", type=int, default=600, help="how long, for each target")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if find_spec("atheris") is None:
        print("atheris has no wheel for this system or Python: nothing was searched by coverage")
        return
    if given.one:
        run(given.one, given.seconds)
    failed = [target for target in given.targets if subprocess.call(command(target, given.seconds)) != 0]
    sys.exit(f"broken promises: {', '.join(failed)}" if failed else 0)


def command(target, seconds):
    return [sys.executable, __file__, "--one", target, "--seconds", str(seconds)]


def run(target, seconds):
    import atheris

    with atheris.instrument_imports(include=["connectapi"]):
        import targets

    with tempfile.TemporaryDirectory() as folder:
        for name, data in targets.inputs(target).items():
            Path(folder, name).write_bytes(data)
        options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1"]
        atheris.Setup(
            [sys.argv[0], *options, "-max_len=65536", f"-artifact_prefix={target}-", folder], targets.TARGETS[target]
        )
        atheris.Fuzz()  # ends the process


if __name__ == "__main__":
    main()
