"""Health, metrics and the reference."""

import httpx


async def test_the_process_says_that_it_lives_and_can_serve(client):
    for path in ("/livez", "/readyz"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_real_server_answers(server):
    assert httpx.get(f"{server}/readyz").json() == {"status": "ok"}
