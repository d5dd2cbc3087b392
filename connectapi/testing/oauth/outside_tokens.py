"""Tokens of a service outside, as an integration gets, keeps and renews them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen
from werkzeug.wrappers import Request

from connectapi.testing.oauth.outside import OutsideError, own_address, post_form, reachable
from connectapi.testing.oauth.paths import PROVIDER
from connectapi.testing.store import Document
from connectapi.testing.world import World

__all__ = ["Tokens", "aws_keys", "by_code", "by_secret", "kept", "renewed"]

#: A token that ends within this time counts as ended, in seconds.
_MARGIN: Final = 5.0

#: How long a token lasts if the service does not say, in seconds.
_USUAL: Final = 3600.0


@frozen
class Tokens:
    """An access token until it ends, and what renews it, if anything does."""

    access: str = field(repr=False)
    ends: float
    refresh: str = field(default="", repr=False)

    def lasts(self, now: float) -> bool:
        """Whether the access token can still be used."""
        return self.ends - _MARGIN > now

    def document(self) -> Document:
        """Return it as a record keeps it."""
        return {"_access_token": self.access, "_ends": self.ends, "_refresh_token": self.refresh}


def kept(document: Document) -> Tokens | None:
    """Return the tokens that a record keeps."""
    if not document.get("_access_token"):
        return None
    return Tokens(document["_access_token"], document["_ends"], document["_refresh_token"])


def by_code(world: World, request: Request, integration: Document, form: Mapping[str, str]) -> Tokens:
    """Get tokens for the code that a person came back with; raises `OutsideError`."""
    return _asked(world, request, integration, {"grant_type": "authorization_code", **form})


def by_secret(world: World, request: Request, integration: Document) -> Tokens:
    """Get a token for the integration's own account; raises `OutsideError`."""
    scope = str((integration.get("config") or {}).get("scopes", ""))
    form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
    return _asked(world, request, integration, form)


def renewed(world: World, request: Request, integration: Document, tokens: Tokens) -> Tokens:
    """Get new tokens for those that have ended; raises `OutsideError`."""
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
    return _asked(world, request, integration, form, before=tokens.refresh)


def aws_keys(request: Request, integration: Document, tokens: Tokens) -> Mapping[str, Any]:
    """Get temporary AWS keys for an access token; raises `OutsideError`."""
    region = str((integration.get("config") or {}).get("sts_region", ""))
    form = {"web_identity_token": tokens.access, "region": region}
    return post_form(f"{own_address(request)}{PROVIDER}/sts", form)


def _asked(
    world: World, request: Request, integration: Document, form: Mapping[str, str], *, before: str = ""
) -> Tokens:
    config = integration.get("config") or {}
    url = str(config.get("token_uri") or "")
    if not reachable(url):
        url = f"{own_address(request)}{PROVIDER}/token"
    client = {name: str(config[name]) for name in ("client_id", "client_secret") if config.get(name)}
    client.setdefault("client_id", integration["guid"])
    given = post_form(url, {**client, **form})
    access, lasts = given.get("access_token"), given.get("expires_in", _USUAL)
    if not isinstance(access, str) or isinstance(lasts, bool) or not isinstance(lasts, (int, float)):
        msg = f"{url} gave no access token"
        raise OutsideError(msg)
    refresh = given.get("refresh_token", before)
    return Tokens(access, world.clock.now().timestamp() + lasts, refresh if isinstance(refresh, str) else "")
