"""Bearer tokens for a password: the OAuth2 form."""

from typing import Annotated, Final, Literal
from urllib.parse import parse_qsl

import msgspec
from litestar.exceptions import HTTPException

from casework.api.auth.session import address_of
from casework.api.bodies import raw
from casework.api.errors import Malformed
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, post
from casework.core.errors import Invalid, NotFound, Problem
from casework.core.permission import ANYONE
from casework.operations import sign_in
from casework.operations.passwords import LENGTH_MAX
from casework.operations.services import Services
from casework.operations.sign_in import BEARER_LASTS, Attempt

FORM: Final = "application/x-www-form-urlencoded"

_FIELDS_MAX: Final = 10


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The password grant of OAuth2, sent as a form; scope and client are not looked at."""

    username: Annotated[str, msgspec.Meta(max_length=320, description="The e-mail.")]
    password: Annotated[str, msgspec.Meta(max_length=LENGTH_MAX)]
    grant_type: Literal["password"] = "password"


class TokenResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A bearer token, and for how many seconds it is good."""

    access_token: str
    token_type: str
    expires_in: int


@post(
    "/token",
    ANYONE,
    Operation(
        summary="Get a token for a password",
        body=TokenRequest,
        body_example={"grant_type": "password", "username": "ada@example.com", "password": "correct horse battery"},
        body_media_types=[FORM],
        answer=TokenResponse,
        answer_example=TokenResponse(access_token="...", token_type="bearer", expires_in=3600),  # noqa: S106
        refuses=[401, 403, 404, 429, 503],
    ),
)
async def token(request: HttpRequest, services: Services) -> HttpResponse:
    """The token is opaque, lasts for an hour, and can be used on every surface."""
    if services.settings.password_form == "off":  # noqa: S105 - a switch, not a password
        raise NotFound("Tokens for passwords are switched off here.")
    wish = await _form(request)
    attempt = Attempt(email=wish.username, password=wish.password, address=address_of(request))
    account = await sign_in.check_password(services, attempt)
    session = await sign_in.open_session(services, account, "bearer")
    return json_response(
        TokenResponse(
            access_token=session.token,
            token_type="bearer",  # noqa: S106 - a kind of token, not one
            expires_in=int(BEARER_LASTS.total_seconds()),
        )
    )


async def _form(request: HttpRequest) -> TokenRequest:
    body = await raw(request)
    if request.content_type[0].lower() != FORM:
        raise HTTPException(status_code=415, detail=f"The body must be a form, sent as {FORM}.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_MAX)
    except ValueError:
        raise Malformed("The body is not a form of UTF-8 text.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or any("\0" in value for value in fields.values()):
        raise Malformed("A field of the form is given twice, or contains NUL.")
    try:
        return msgspec.convert(fields, TokenRequest)
    except msgspec.ValidationError as error:
        raise Invalid(f"{error}.", (Problem(path="", message=f"{error}."),)) from None


handlers = (token,)
