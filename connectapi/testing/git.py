"""Git repositories on this machine, read without running anything that they bring.

Only what lies in the one folder that was allowed is read, by git's plumbing alone: no hook, no filter
and no setting of the repository comes into play, and nothing is fetched from anywhere.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from attrs import frozen

from connectapi.testing.refusal import bad

__all__ = ["Blob", "Repository", "check_address", "open_repository"]

#: Settings that keep git to itself; those of the machine and of the user do not count.
_SETTINGS: Final = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "protocol.allow=never", "safe.directory=*")
_ENVIRONMENT: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}

#: How long git may take for one answer, in seconds.
_PATIENCE: Final = 60

_LINK: Final = 0o120000


@frozen
class Blob:
    """A file of a commit: its path in the directory that was asked for, what git calls its bytes, their number."""

    path: str
    object_id: str
    mode: int
    size: int

    @property
    def is_link(self) -> bool:
        """Whether its bytes are the target of a symbolic link."""
        return stat.S_IFMT(self.mode) == _LINK


@frozen
class Repository:
    """A repository on this machine."""

    path: Path
    program: str

    def branches(self) -> dict[str, str]:
        """Return the branches, each with its latest commit."""
        form = "--format=%(refname:lstrip=2) %(objectname)"
        lines = self._lines("for-each-ref", form, "refs/heads")
        return dict(line.rsplit(" ", 1) for line in lines)

    def commit(self, ref: str) -> str:
        """Return the commit that a branch, a tag or the beginning of a commit's number stands for."""
        if "\0" in ref:
            raise bad("The name of a branch has no NUL in it.", "GitUnsupportedParameters")
        for name in (f"refs/heads/{ref}", f"refs/tags/{ref}", ref):
            found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            if found.returncode == 0:
                return found.stdout.decode().strip()
        raise bad(f"The repository has no branch, tag or commit {ref[:100]!r}.", "GitUnsupportedParameters")

    def files(self, commit: str, directory: str) -> list[Blob]:
        """Return the files of a commit in a directory and below it."""
        parts = [part for part in directory.split("/") if part not in {"", "."}]
        prefix = "".join(f"{part}/" for part in parts)
        found = self._run("ls-tree", "-r", "-l", "-z", "--full-tree", commit)
        if found.returncode:
            raise bad("The files of the commit can't be listed.", "GitUnsupportedParameters")
        return list(_blobs(found.stdout, prefix))

    def contents(self, blobs: list[Blob]) -> Iterator[tuple[Blob, bytes]]:
        """Yield files with their bytes, as they were committed."""
        with subprocess.Popen(  # noqa: S603 -- git itself, kept to itself
            self._command("cat-file", "--batch"),
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin is not None  # noqa: S101 -- it is a pipe
            assert process.stdout is not None  # noqa: S101
            for blob in blobs:
                process.stdin.write(f"{blob.object_id}\n".encode())
                process.stdin.flush()
                head = process.stdout.readline().split()
                if len(head) != 3:  # noqa: PLR2004 -- number, type, size
                    raise bad(f"The repository lacks the file {blob.path[:100]!r}.", "GitUnsupportedParameters")
                yield blob, process.stdout.read(int(head[2]))
                process.stdout.read(1)
            process.stdin.close()

    def _lines(self, *arguments: str) -> list[str]:
        found = self._run(*arguments)
        if found.returncode:
            raise bad("The repository can't be read.", "GitUnsupportedParameters")
        return found.stdout.decode(errors="replace").splitlines()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: S603 -- git itself, kept to itself
            self._command(*arguments), env=_environment(), capture_output=True, check=False, timeout=_PATIENCE
        )

    def _command(self, *arguments: str) -> list[str]:
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        return [self.program, *settings, "--git-dir", str(self.path), *arguments]


def check_address(url: str) -> None:
    """Refuse an address of a kind that Connect does not take: it is a URL of the web, or one for this machine."""
    scheme = urlsplit(url).scheme if "://" in url else ""
    if scheme not in {"", "file", "http", "https"} or (not scheme and ":" in url.partition("/")[0]):
        raise bad(
            "A repository's address begins with https:// or http://, or is a file: URL.", "GitUnsupportedProtocol"
        )


def open_repository(allowed: Path | None, url: str) -> Repository:
    """Return the repository that a URL or a path leads to.

    Args:
        allowed: the folder in which it must lie; None if nobody allowed one.
        url: a `file:` URL, or a path; one that is not absolute is one in the folder.

    Raises:
        Refusal: it is elsewhere, it is none, or this server has no git.
    """
    program = shutil.which("git")
    if allowed is None or program is None:
        raise bad("Git is not enabled: start the server with a folder of repositories, and git.", "GitIsDisabled")
    path = _resolved(allowed, url)
    for inner in (path / ".git", path):
        # A `.git` that is a file leads elsewhere.
        if inner.is_dir() and (inner / "HEAD").is_file() and (inner / "objects").is_dir():
            return Repository(inner, program)
    raise bad("There is no git repository at this address.", "GitUnsupportedParameters")


def _resolved(allowed: Path, url: str) -> Path:
    check_address(url)
    scheme = urlsplit(url).scheme if "://" in url else ""
    if scheme in {"http", "https"}:
        message = "This server calls no other host: the repository's address is a file: URL, or a path."
        raise bad(message, "GitUnsupportedProtocol")
    path = allowed / (unquote(urlsplit(url).path) if scheme else url)
    try:
        path, folder = path.resolve(), allowed.resolve()
    except (OSError, ValueError):
        raise bad("There is no git repository at this address.", "GitUnsupportedParameters") from None
    if not path.is_relative_to(folder):
        raise bad("The repository is not in the folder that this server may read.", "GitUnsupportedParameters")
    return path


def _blobs(listing: bytes, prefix: str) -> Iterator[Blob]:
    for line in listing.split(b"\0"):
        head, _, name = line.partition(b"\t")
        path = name.decode(errors="replace")
        if head and path.startswith(prefix):
            mode, kind, object_id, size = head.decode().split()
            if kind == "blob" and size.isdigit():  # submodules are none
                yield Blob(path.removeprefix(prefix), object_id, int(mode, 8), int(size))


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return {**kept, **_ENVIRONMENT}
