"""What recognizes a caller: API keys, service tokens, access tokens. The server keeps their digests alone."""

from __future__ import annotations

import hashlib
import secrets
import string
from typing import Final, Literal, TypeAlias

import attrs
from attrs import frozen

from connectapi.spec.model import Role
from connectapi.testing.conditions import equals
from connectapi.testing.store import Records
from connectapi.testing.world import World, stamp

__all__ = ["Credential", "Scheme", "digest", "find", "is_key", "issue", "new_key", "note_use", "revoke", "secret_text"]

#: The word before the secret in the header `Authorization`.
Scheme: TypeAlias = Literal["key", "bearer"]

_TABLE: Final = "_Credential"
_ALPHABET: Final = string.ascii_letters + string.digits

#: How exactly the last use of a key is known, in seconds.
_USE: Final = 15 * 60


@frozen(kw_only=True)
class Credential:
    """What a secret lets its bearer do.

    `user_guid` is whom it stands for, empty for a service token, which may do what its `scopes` allow.
    `role` is the most that it allows; None is what the user may. `ends` is when it stops working, in
    seconds since the epoch. `record` is the resource and key that it is listed as, such as `ApiKey/7`;
    `client_id` is the program that it was given to, `grant` what it was given for. `used` is when it was
    last noted that it was used.
    """

    user_guid: str = ""
    schemes: tuple[Scheme, ...] = ("key",)
    role: Role | None = None
    scopes: tuple[str, ...] | None = None
    ends: float | None = None
    record: str = ""
    client_id: str = ""
    grant: str = ""
    used: float = 0.0
    digest: str = ""


def secret_text(length: int = 32) -> str:
    """Return letters and digits that nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def digest(secret: str) -> str:
    """Return what recognizes a secret and does not give it away."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def issue(records: Records, credential: Credential, *, length: int = 32, secret: str = "") -> str:
    """Make a secret for a credential, if none was chosen; nobody can read it again later."""
    secret = secret or secret_text(length)
    key = digest(secret)
    records.insert(_TABLE, key, attrs.asdict(attrs.evolve(credential, digest=key)))
    return secret


def new_key(records: Records, user_guid: str, *, role: Role | None = None) -> str:
    """Make an API key for a user; `role` is the most that it allows, what the user may if None."""
    return issue(records, Credential(user_guid=user_guid, role=role))


def is_key(records: Records, key: str) -> bool:
    """Whether an API key was made here."""
    return records.get(_TABLE, digest(key)) is not None


def find(world: World, records: Records, scheme: str, digest: str) -> Credential | None:
    """Return what the secret with this digest stands for; None if unknown, expired or not of the scheme."""
    found = records.get(_TABLE, digest)
    if found is None:
        return None
    for name in ("schemes", "scopes"):
        found[name] = tuple(found[name]) if found[name] is not None else None
    credential = Credential(**found)
    expired = credential.ends is not None and credential.ends <= world.clock.now().timestamp()
    return credential if scheme in credential.schemes and not expired else None


def revoke(records: Records, field: str, value: str) -> None:
    """Make credentials worthless: all those that have this value in this field."""
    records.delete(_TABLE, equals(field, value))


def note_use(world: World, credential: Credential) -> bool:
    """Note that a credential, its user and what it is listed as were active, unless that was a short while ago.

    Returns:
        Whether the records have changed.
    """
    now = world.clock.now()
    if 0 <= now.timestamp() - credential.used < _USE:
        return False
    kind, _, key = credential.record.partition("/")
    with world.store.writing() as records:
        if records.get(_TABLE, credential.digest) is not None:
            records.change(_TABLE, credential.digest, {"used": now.timestamp()})
        for noted in (("User", credential.user_guid), (kind, key)):
            if all(noted) and records.get(*noted) is not None:
                records.change(*noted, {"active_time": stamp(now)})
    return True
