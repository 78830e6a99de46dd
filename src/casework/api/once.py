"""Idempotency-Keys: the same request with the same key happens once, and is answered the same, byte for byte.

The change records the key in its own transaction, with a reference from which the answer can be made again. The answer
itself is kept a moment later, sealed with a key that only the caller's Idempotency-Key yields: the database alone shows
nothing of it. A process that dies between the two leaves a reference, and the next request is answered from that.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.api.bodies import raw
from casework.api.errors import BadParameter, KeyReused
from casework.api.routes import HttpRequest, HttpResponse
from casework.core.errors import Unavailable
from casework.core.permission import Grant
from casework.entropy import new_bytes
from casework.operations import once
from casework.operations.once import AlreadyClaimed, Claim, Kept
from casework.operations.services import Services

HEADER: Final = "idempotency-key"

Act = Callable[[Claim | None], Awaitable[Any]]
"""Makes the change, hands the claim to whoever writes it, and gives a JSON value that names what was changed."""

Show = Callable[[Any], Awaitable[HttpResponse]]
"""The answer that tells of that value."""

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}\Z")
_NONCE_BYTES: Final = 12
_KEPT_HEADERS: Final[tuple[str, ...]] = ("etag", "location")
_TRIES: Final = 3


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An Idempotency-Key at work: the claim, and what seals its answer."""

    claim: Claim
    secret: bytes

    def seal(self, plain: bytes) -> bytes:
        """The bytes, readable with the caller's key alone."""
        nonce = new_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, self.claim.scope)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed with this key."""
        return AESGCM(self.secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self.claim.scope)

    def seal_text(self, text: str) -> str:
        """The text, sealed so that it can stand in a reference."""
        return b64encode(self.seal(text.encode())).decode("ascii")

    def unseal_text(self, sealed: str) -> str:
        """The text that `seal_text` sealed."""
        return self.unseal(b64decode(sealed)).decode()


async def answer(request: HttpRequest, services: Services, grant: Grant, act: Act, show: Show) -> HttpResponse:
    """Make the change and show it; with an Idempotency-Key once, however often the request comes.

    A refused change is not kept: it changed nothing, and the same key may be tried again.

    Raises:
        BadParameter: the key is not 1 to 255 visible ASCII characters.
        KeyReused: the key came before, with another request.

    """
    return await answer_under(services, await key_of(request, grant), act, show)


async def answer_under(services: Services, key: Key | None, act: Act, show: Show) -> HttpResponse:
    """As `answer`, with a key that came by another way than a header."""
    reference, kept = await _acted(services, key, act)
    if key is None:
        return await show(reference)
    if kept is not None and kept.body is not None:
        return _response(key, kept)
    return await _first(services, key, reference, show)


async def reference_of(request: HttpRequest, services: Services, grant: Grant, act: Act) -> Any:
    """Make the change, with an Idempotency-Key once, and give its reference: for answers that are not kept.

    A stream is told again from what it tells of. Errors as `answer`.
    """
    found, _ = await _acted(services, await key_of(request, grant), act)
    return found


def named(grant: Grant, where: Sequence[str], text: str, request: Sequence[bytes]) -> Key:
    """The key that a caller calls `text`, for what it asks there, and asks so."""
    who = (grant.principal.subject, str(grant.workspace_id), *where, text)
    claim = Claim(scope=_hash(*(part.encode() for part in who)), request_hash=_hash(*request))
    secret = HKDF(algorithm=SHA256(), length=32, salt=claim.scope, info=b"casework answer").derive(text.encode())
    return Key(claim=claim, secret=secret)


async def done(request: HttpRequest, services: Services, grant: Grant, act: Act) -> Any:
    """Make the change and give its reference; with an Idempotency-Key once, however often the request comes.

    For answers that cannot be kept, because they go on: whoever asks again is told how things stand then. Errors as
    `answer`.
    """
    key = await key_of(request, grant)
    if key is None:
        return await act(None)
    for _ in range(_TRIES):
        kept = await once.find(services, key.claim.scope)
        if kept is None:
            try:
                return await act(key.claim)
            except AlreadyClaimed:
                continue
        if kept.request_hash != key.claim.request_hash:
            raise KeyReused("This Idempotency-Key came before with another request.")
        return kept.reference
    raise Unavailable("Another request with this Idempotency-Key is at work; try again.")


async def key_of(request: HttpRequest, grant: Grant) -> Key | None:
    """The request's Idempotency-Key, or None where it has none."""
    text = request.headers.get(HEADER)
    if text is None:
        return None
    if not _KEY.match(text):
        raise BadParameter("header", "Idempotency-Key", "must be 1 to 255 visible ASCII characters.")
    scope = request.scope
    asked = (scope["query_string"], request.headers.get("if-match", "").encode(), await raw(request))
    return named(grant, (scope["method"], scope["path"]), text, asked)


async def _acted(services: Services, key: Key | None, act: Act) -> tuple[Any, Kept | None]:
    """The reference of the change, made now or, under that key, before; and what is kept where it was before."""
    if key is None:
        return await act(None), None
    for _ in range(_TRIES):
        kept = await once.find(services, key.claim.scope)
        if kept is not None:
            if kept.request_hash != key.claim.request_hash:
                raise KeyReused("This Idempotency-Key came before with another request.")
            return kept.reference, kept
        try:
            return await act(key.claim), None
        except AlreadyClaimed:
            continue  # another request with this key was first, and is committed: answer as it was answered
    raise Unavailable("Another request with this Idempotency-Key is at work; try again.")


async def _first(services: Services, key: Key, reference: Any, show: Show) -> HttpResponse:
    response = await show(reference)
    kept = await once.keep(
        services,
        key.claim.scope,
        status=response.status_code or 200,
        headers=_kept_headers(response),
        body=key.seal(response.content),
    )
    return response if kept is None else _response(key, kept)


def _response(key: Key, kept: Kept) -> HttpResponse:
    headers = dict(kept.headers or {})
    media_type = headers.pop("content-type", None)
    try:
        body = key.unseal(kept.body or b"")
    except InvalidTag:  # pragma: no cover - the row was tampered with
        raise KeyReused("What is kept under this Idempotency-Key cannot be read.") from None
    return HttpResponse(body, status_code=kept.status, headers=headers, media_type=media_type)


def _kept_headers(response: HttpResponse) -> dict[str, str]:
    headers = {name.lower(): str(value) for name, value in response.headers.items()}
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    return kept | {"content-type": str(response.media_type)}


def _hash(*parts: bytes) -> bytes:
    """One hash of several parts, each preceded by its length, so that no two lists of parts read the same."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()
