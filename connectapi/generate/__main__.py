"""Write what is generated, or check that what is committed is current.

python -m connectapi.generate               write it
python -m connectapi.generate --check       exit code 1 if something is not current
python -m connectapi.generate --coverage F  write docs/coverage.md from the OpenAPI document in F
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from connectapi.generate.coverage import coverage_page
from connectapi.generate.files import outdated, refresh
from connectapi.generate.reference import reference_pages
from connectapi.generate.stubs import package_stub, resources_stub
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.spec.schema import json_schema

__all__ = ["generated", "main", "outdated", "refresh"]


def generated() -> dict[Path, str]:
    """Return the path and the text of every generated file."""
    folder, index = builtin_folder(), _index()
    package = Path(__file__).resolve().parent.parent
    files = {
        package / "__init__.pyi": package_stub(index),
        package / "resources.pyi": resources_stub(index),
        folder / "resource.schema.json": json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
    }
    docs = _docs()
    if docs.is_dir():  # a wheel has no documentation
        files |= {docs / "reference" / name: text for name, text in reference_pages(index).items()}
    return files


def main(arguments: Sequence[str] = ()) -> int:
    """Write the files, or with `--check` list those that are not current; return the exit code."""
    docs = _docs()
    if "--coverage" in arguments:
        contract = "".join(arguments[arguments.index("--coverage") + 1 :][:1])
        if not contract:
            print("--coverage needs a file with an OpenAPI document", file=sys.stderr)
            return 2
        page = coverage_page(_index(), Path(contract), docs.parent / "benchmarks" / "peers_coverage.json")
        (docs / "coverage.md").write_text(page, encoding="utf-8")
        return 0
    files = generated()
    if "--check" not in arguments:
        refresh(files, docs / "reference")
        return 0
    stale = outdated(files, docs / "reference")
    for path in stale:
        print(f"{path.name} is not current: run python -m connectapi.generate", file=sys.stderr)
    return 1 if stale else 0


def _index() -> SpecIndex:
    return SpecIndex((Folder(builtin_folder()),))


def _docs() -> Path:
    return builtin_folder().parent / "docs"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
