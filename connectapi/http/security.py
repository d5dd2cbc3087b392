"""Whom a client trusts to be its server, and how it shows who it is itself."""

from __future__ import annotations

import os
from typing import cast

from attrs import field, frozen

__all__ = ["Security"]


def _text(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.fspath(path)


def _pair(given: object) -> tuple[str, str | None] | None:
    if given is None:
        return None
    if isinstance(given, str | os.PathLike):
        return os.fspath(given), None
    certificate, key = cast("tuple[str, str]", given)
    return os.fspath(certificate), os.fspath(key)


@frozen(kw_only=True)
class Security:
    """How TLS connections are made.

    Args:
        ca_certificate: a file with the certificates of the authorities to trust, or a directory as
            OpenSSL has them; else what the environment names, or what the system trusts.
        ca_data: those certificates themselves, in PEM form, where no file is named.
        client_certificate: a file with this client's own certificate and key, or one of each.
        insecure: not to look at the server's certificate at all.
    """

    ca_certificate: str | None = field(default=None, converter=_text)
    ca_data: str | None = field(default=None, repr=False)
    client_certificate: tuple[str, str | None] | None = field(default=None, converter=_pair)
    insecure: bool = False
