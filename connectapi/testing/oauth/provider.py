"""A service outside, made up: it signs people in, gives tokens to integrations, and knows them again.

It stands in for the identity provider of whatever an integration is with. It knows nobody beforehand: who
signs in says who they are. A program is registered when it first gets a token, with the secret that it brought.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen
from werkzeug.wrappers import Request, Response

from connectapi.testing import jwt, pages
from connectapi.testing.credentials import digest, secret_text
from connectapi.testing.entrance import check_origin
from connectapi.testing.oauth import grants
from connectapi.testing.oauth.messages import (
    Form,
    OAuthError,
    answer,
    client_of,
    form_of,
    proves,
    query_of,
    redirected,
    sealed,
    unsealed,
)
from connectapi.testing.oauth.paths import CALLBACK, PROVIDER
from connectapi.testing.store import Records
from connectapi.testing.world import World, stamp

__all__ = ["Provider"]

#: How long what it gives lasts, in seconds.
_CODE: Final = 60.0
_ACCESS: Final = 3600
_REFRESH: Final = 30 * 86400.0
_FOREVER: Final = 100 * 365 * 86400.0


@frozen
class _Account:
    """Whom a token is for: a person, or the program itself."""

    client_id: str
    subject: str
    scope: str
    lasting: bool


class Provider:
    """Answers everything under `/__provider__`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.routes: Mapping[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", f"{PROVIDER}/authorize"): self._ask,
            ("POST", f"{PROVIDER}/authorize"): self._decide,
            ("POST", f"{PROVIDER}/token"): self._token,
            ("GET", f"{PROVIDER}/userinfo"): self._userinfo,
            ("POST", f"{PROVIDER}/sts"): self._sts,
        }

    # A person signs in ---------------------------------------------------------------------------

    def _ask(self, request: Request) -> Response:
        asked = query_of(request)
        if asked.get("redirect_uri") != f"{request.host_url.rstrip('/')}{CALLBACK}":
            raise OAuthError("invalid_request", f"redirect_uri must be this server's {CALLBACK}.")
        if not asked.get("client_id") or asked.get("response_type") != "code":
            raise OAuthError("invalid_request", "It takes a client_id, and the response_type code.")
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            raise OAuthError("invalid_request", "code_challenge_method must be S256.")
        names = ("client_id", "redirect_uri", "state", "scope", "code_challenge")
        return pages.render(
            "oauth/provider.html",
            asked={name: asked.get(name, "") for name in names},
            account=asked.get("login_hint", ""),
            sealed=sealed({name: asked.get(name, "") for name in names}, "provider", self._key, self._now()),
        )

    def _decide(self, request: Request) -> Response:
        check_origin(request)
        form = form_of(request)
        asked = unsealed(form.get("sealed", ""), "provider", self._key, self._now())
        account = form.get("account", "").strip()
        if form.get("decision") != "allow" or not account:
            return redirected(asked["redirect_uri"], error="access_denied", state=asked["state"])
        with self._world.store.writing() as records:
            code = grants.promise(self._world, records, "provider-code", _CODE, account=account, **asked)
        return redirected(asked["redirect_uri"], code=code, state=asked["state"])

    # A program asks ------------------------------------------------------------------------------

    def _token(self, request: Request) -> Response:
        form = form_of(request)
        client = client_of(request, form)
        kinds = {
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh_token,
            "client_credentials": self._by_secret,
        }
        kind = kinds.get(form.get("grant_type", ""))
        if kind is None:
            raise OAuthError("unsupported_grant_type", f"grant_type is one of {', '.join(kinds)}.")
        with self._world.store.writing() as records:
            self._recognize(records, client.client_id, client.secret)
            account = kind(records, form, client.client_id, client.secret)
            given = {} if isinstance(account, OAuthError) else self._given(records, account, client.secret)
        if isinstance(account, OAuthError):  # now that what was tried is used up for good
            raise account
        return answer(given)

    def _recognize(self, records: Records, client_id: str, secret: str) -> None:
        if not client_id:
            raise OAuthError("invalid_client", "The client_id is missing.", 401)
        known = grants.look(self._world, records, "provider-app", client_id)
        if known is not None and not jwt.same(known["proof"], digest(secret)):
            raise OAuthError("invalid_client", "The client_secret is not the one of this client_id.", 401)

    def _by_code(self, records: Records, form: Form, client_id: str, _secret: str) -> _Account | OAuthError:
        found = grants.take(self._world, records, "provider-code", form.get("code", ""))
        if found is None or found["client_id"] != client_id or found["redirect_uri"] != form.get("redirect_uri"):
            return OAuthError("invalid_grant", "The code is unknown, used, expired, or another program's.")
        if found["code_challenge"] and not proves(form.get("code_verifier", ""), found["code_challenge"]):
            return OAuthError("invalid_grant", "The code_verifier is not the one of the code_challenge.")
        return _Account(client_id, found["account"], found["scope"], lasting=True)

    def _by_refresh_token(self, records: Records, form: Form, client_id: str, _secret: str) -> _Account | OAuthError:
        found = grants.take(self._world, records, "provider-refresh", form.get("refresh_token", ""))
        if found is None or found["client_id"] != client_id:
            return OAuthError("invalid_grant", "The refresh_token is unknown, used, expired, or another program's.")
        return _Account(client_id, found["subject"], found["scope"], lasting=True)

    def _by_secret(self, _records: Records, form: Form, client_id: str, secret: str) -> _Account | OAuthError:
        if not secret:
            return OAuthError("invalid_client", "A program that acts for itself must bring a client_secret.", 401)
        return _Account(client_id, client_id, form.get("scope", ""), lasting=False)

    def _given(self, records: Records, account: _Account, secret: str) -> Mapping[str, Any]:
        if grants.look(self._world, records, "provider-app", account.client_id) is None:
            proof = digest(secret)
            grants.promise(self._world, records, "provider-app", _FOREVER, account.client_id, proof=proof)
        details = {"client_id": account.client_id, "subject": account.subject, "scope": account.scope}
        access = grants.promise(self._world, records, "provider-access", _ACCESS, **details)
        given: dict[str, Any] = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": _ACCESS,
            "scope": account.scope,
        }
        if account.lasting:
            given["refresh_token"] = grants.promise(self._world, records, "provider-refresh", _REFRESH, **details)
        return given

    # A token is used -----------------------------------------------------------------------------

    def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        with self._world.store.reading() as records:
            found = grants.look(self._world, records, "provider-access", token.strip())
        if scheme.lower() != "bearer" or found is None:
            raise OAuthError("invalid_token", "The access token is unknown or has expired.", 401)
        return answer({"sub": found["subject"], "client_id": found["client_id"], "scope": found["scope"]})

    def _sts(self, request: Request) -> Response:
        form = form_of(request)
        with self._world.store.reading() as records:
            found = grants.look(self._world, records, "provider-access", form.get("web_identity_token", ""))
        if found is None:
            raise OAuthError("invalid_token", "The web_identity_token is unknown or has expired.", 401)
        ends = stamp(self._world.clock.now() + datetime.timedelta(seconds=_ACCESS))
        keys = {"accessKeyId": f"ASIA{secret_text(16).upper()}", "secretAccessKey": secret_text(40)}
        return answer({**keys, "sessionToken": secret_text(64), "expiration": ends})

    @property
    def _key(self) -> bytes:
        return self._world.secret

    def _now(self) -> float:
        return self._world.clock.now().timestamp()
