"""Chats that are longer than one answer of the API: what was said before, and decided about it, is a press away."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest
from playwright.sync_api import expect

from tests.e2e import agents
from tests.e2e.axe import violations_in_both_schemes
from tests.e2e.scene import scene
from tests.e2e.test_agents_in_chats import _asked, _press

MANY = 700

SAID = """
insert into messages (uuid, workspace_id, chat_id, role, content, created_at)
select gen_random_uuid(), c.workspace_id, c.id, 'user', 'Sample: line ' || n, now()
from chats c, generate_series(1, $2::int) n where c.id = $1 order by n
"""


@pytest.fixture(scope="module")
def desk(server, server_database):
    with agents.worker(server_database), scene(server, workflow=agents.REFUNDS) as found:
        yield found


def _talk_on(database_url: str, chat_id: int) -> None:
    """Much more is said in the chat."""

    async def say() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            await connection.execute(SAID, chat_id, MANY)
            await connection.execute(
                "update chats set message_count = message_count + $2, last_message_at = now() where id = $1",
                chat_id,
                MANY,
            )
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as beside:  # the browser's own loop is at work in this thread
        beside.submit(asyncio.run, say()).result()


def test_what_was_said_and_decided_long_ago_is_shown_when_somebody_asks_for_it(page, desk, server_database):
    card = _asked(page, desk)
    _press(page, card, "Accept")
    expect(page.get_by_role("log").get_by_text("It is paid back.")).to_be_visible()
    _talk_on(server_database, int(page.url.rpartition("/")[2]))
    page.reload()
    log = page.get_by_role("log")
    expect(log.get_by_text(f"Sample: line {MANY}", exact=True)).to_be_visible()
    expect(card).to_have_count(0)
    expect(log.get_by_text("500 older messages are not shown.")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    more = log.get_by_role("button", name="Show older messages")
    more.click()
    expect(card.get_by_text("Accepted", exact=True)).to_be_visible()
    expect(card).to_contain_text(f"By {desk.manager.name}")
    expect(more).to_have_count(0)
    expect(log.get_by_text("Sample: line 1", exact=True)).to_have_count(1)
