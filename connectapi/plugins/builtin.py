"""What connectapi brings itself, registered by the hooks that anyone's plugin uses."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING

from connectapi.plugins.hookspecs import hookimpl
from connectapi.spec.index import builtin_folder

if TYPE_CHECKING:
    from connectapi.http.auth import Auth
    from connectapi.types import Secret

__all__ = ["choose_auth", "register_resources"]


@hookimpl
def register_resources(register: Callable[[str | PathLike[str]], None]) -> None:
    """Register the resource files that ship with connectapi."""
    register(builtin_folder())


@hookimpl(trylast=True)
def choose_auth(api_key: Secret | None) -> Auth | None:
    """Use the API key, where there is one."""
    if api_key is None:
        return None
    from connectapi.http.auth import ApiKeyAuth  # loads with the first call

    return ApiKeyAuth(api_key)
