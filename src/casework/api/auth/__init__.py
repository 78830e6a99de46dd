"""Signing in and out, on the paths that each surface's clients know."""

from litestar import Router

from casework.api.auth import iam, passwords, session

router = Router("/", route_handlers=[*session.handlers, *passwords.handlers, *iam.handlers])
