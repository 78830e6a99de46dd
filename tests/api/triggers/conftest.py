"""What tests of triggers share."""

import pytest


@pytest.fixture
def ask(client, place):
    """What somebody is answered; by default the Manager."""

    async def asked(method, path, body=None, *, who=place.manager, **headers):
        return await client.request(method, f"{place.path}{path}", json=body, headers=who.headers | headers)

    return asked
