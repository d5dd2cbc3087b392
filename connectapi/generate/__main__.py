"""Write what is generated, or check that what is committed is current: `python -m connectapi.generate [--check]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from connectapi.generate.stubs import package_stub, resources_stub
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.spec.schema import json_schema

__all__ = ["generated", "main"]


def generated() -> dict[Path, str]:
    """Return the path and the text of every generated file."""
    folder = builtin_folder()
    index = SpecIndex((Folder(folder),))
    package = Path(__file__).resolve().parent.parent
    return {
        package / "__init__.pyi": package_stub(index),
        package / "resources.pyi": resources_stub(index),
        folder / "resource.schema.json": json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Write the files, or with `--check` list those that are not current; return the exit code."""
    stale = [
        path for path, text in generated().items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.name} is not current: run python -m connectapi.generate", file=sys.stderr)
        return 1 if stale else 0
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
