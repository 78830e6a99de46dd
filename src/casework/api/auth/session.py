"""Sessions of browsers: signing up, in and out, with a cookie."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec

from casework.api.auth.people import EXAMPLE, UserResponse, of_account, of_principal
from casework.api.bodies import read
from casework.api.credentials import credential_of, no_cookie, session_cookie
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.core.errors import Unauthenticated
from casework.core.permission import ACCOUNT, ANYONE, Principal
from casework.operations import accounts, sign_in
from casework.operations.accounts import Account
from casework.operations.passwords import LENGTH_MAX
from casework.operations.people import Email, Name, Password
from casework.operations.services import Services
from casework.operations.sign_in import Attempt
from casework.settings import Settings


class SignUpRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new account."""

    email: Email
    password: Password
    name: Name


class SignInRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An e-mail and a password, whatever they may be: how they are wrong is not told."""

    email: Annotated[str, msgspec.Meta(max_length=320)]
    password: Annotated[str, msgspec.Meta(max_length=LENGTH_MAX)]


class SignedInResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Who has signed in; the session itself is in the cookie."""

    user: UserResponse


class SessionKind(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller showed: a cookie, a bearer or a key."""

    kind: str


class SessionWorkspace(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The workspace, and what the caller holds there; scopes that others imply are among them.

    actor_roles, is_supervisor: which activities the caller may take, and whether it gives them to others.
    """

    id: int
    uuid: UUID
    name: str
    member_id: int | None
    role: str | None
    scopes: Sequence[str]
    actor_roles: Sequence[str]
    is_supervisor: bool


class SessionResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, and where: the workspace that calls without one in their path work in."""

    user: UserResponse | None
    session: SessionKind
    workspace: SessionWorkspace | None


class SignedOutResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody is signed in any more."""

    success: bool


class SignedOutEverywhereResponse(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions have ended, the caller's among them."""

    ended: int


@post(
    "/api/auth/sign-up/email",
    ANYONE,
    Operation(
        summary="Sign up",
        body=SignUpRequest,
        body_example={"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"},
        answer=SignedInResponse,
        answer_example=SignedInResponse(user=EXAMPLE),
        refuses=[403, 409, 503],
    ),
)
async def sign_up(request: HttpRequest, services: Services) -> HttpResponse:
    """Makes an account and signs in, where the settings allow strangers to."""
    wish = await read(request, SignUpRequest)
    account = await accounts.sign_up(services, email=wish.email, password=wish.password, name=wish.name)
    return await _signed_in(request, services, account)


@post(
    "/api/auth/sign-in/email",
    ANYONE,
    Operation(
        summary="Sign in",
        body=SignInRequest,
        body_example={"email": "ada@example.com", "password": "correct horse battery"},
        answer=SignedInResponse,
        answer_example=SignedInResponse(user=EXAMPLE),
        refuses=[401, 403, 429, 503],
    ),
)
async def sign_in_email(request: HttpRequest, services: Services) -> HttpResponse:
    """Sets the session's cookie, always a new one. After ten wrong passwords in ten minutes there is a pause."""
    wish = await read(request, SignInRequest)
    attempt = Attempt(email=wish.email, password=wish.password, address=address_of(request))
    return await _signed_in(request, services, await sign_in.check_password(services, attempt))


@get(
    "/api/auth/get-session",
    ACCOUNT,
    Operation(summary="Who is signed in", answer=SessionResponse),
)
async def get_session(principal: Principal) -> HttpResponse:
    """Whatever the credential: cookie, token or key."""
    return json_response(
        SessionResponse(
            user=of_principal(principal), session=SessionKind(kind=principal.kind), workspace=_workspace(principal)
        )
    )


@post(
    "/api/auth/sign-out",
    ANYONE,
    Operation(summary="Sign out", answer=SignedOutResponse, answer_example=SignedOutResponse(success=True)),
)
async def sign_out(request: HttpRequest, services: Services) -> HttpResponse:
    """Ends the session of the cookie or token that came and takes the cookie away; keys are revoked, not signed out."""
    if (token := _token(request, services.settings)) is not None:
        await sign_in.sign_out(services, token)
    response = json_response(SignedOutResponse(success=True))
    response.set_cookie(no_cookie(services.settings))
    return response


@post(
    "/api/auth/sign-out-everywhere",
    ACCOUNT,
    Operation(
        summary="Sign out everywhere",
        answer=SignedOutEverywhereResponse,
        answer_example=SignedOutEverywhereResponse(ended=3),
        refuses=[403],
    ),
)
async def sign_out_everywhere(services: Services, principal: Principal) -> HttpResponse:
    """Ends every session of one's own account, on whatever device, this one too; keys stay, and cannot do this."""
    ended = await sign_in.sign_out_everywhere(services, principal)
    response = json_response(SignedOutEverywhereResponse(ended=ended))
    response.set_cookie(no_cookie(services.settings))
    return response


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, as far as the connection tells."""
    return request.client.host if request.client else ""


def _workspace(principal: Principal) -> SessionWorkspace | None:
    if principal.workspace_id is None or principal.workspace_uuid is None:
        return None
    return SessionWorkspace(
        id=principal.workspace_id,
        uuid=principal.workspace_uuid,
        name=principal.workspace_name,
        member_id=principal.member_id,
        role=principal.role,
        scopes=sorted(principal.scopes),
        actor_roles=sorted(principal.actor_roles),
        is_supervisor=principal.is_supervisor,
    )


async def _signed_in(request: HttpRequest, services: Services, account: Account) -> HttpResponse:
    session = await sign_in.open_session(services, account, "cookie", instead_of=_token(request, services.settings))
    response = json_response(SignedInResponse(user=of_account(account)))
    response.set_cookie(session_cookie(session.token, services.settings))
    return response


def _token(request: HttpRequest, settings: Settings) -> str | None:
    """The token that came with the request, whether or not it is of any use."""
    try:
        credential = credential_of(request, settings)
    except Unauthenticated:
        return None
    return credential.token if credential else None


handlers = (sign_up, sign_in_email, get_session, sign_out, sign_out_everywhere)
