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
def choose_auth(server: str, api_key: Secret | None) -> Auth | None:
    """Use the API key, where there is one; else what signing in to the server gave."""
    if api_key is not None:
        from connectapi.http.auth import ApiKeyAuth  # loads with the first call

        return ApiKeyAuth(api_key)
    from connectapi.signin.renewal import auth_of  # loads for who has no key

    return auth_of(server)
