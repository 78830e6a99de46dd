"""What runs say in their chats."""

from typing import Any

import pytest

from casework.core.actor import SYSTEM
from casework.core.chat import CONTENT_MAX, TITLE_TAKEN_MAX, spoken, title_of
from casework.core.command import Complete
from casework.core.errors import Conflict
from casework.core.work import Work
from casework.engine.live import chat_topic
from casework.engine.speech import CallsInChat, Place, Voice
from casework.entropy import new_uuid
from casework.operations.services import Services
from tests.engine.conftest import Workshop


async def rows(services: Services, query: str, *arguments: Any) -> list[dict[str, Any]]:
    async with services.database.read() as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]


async def messages(services: Services) -> list[dict[str, Any]]:
    return await rows(services, "select * from messages order by id")


async def chat(services: Services) -> dict[str, Any]:
    return (await rows(services, "select * from chats"))[0]


async def take_over(services: Services) -> None:
    async with services.database.write() as connection:
        await connection.execute("update chats set is_paused = true")


def voice(workshop: Workshop, chat_id: int, run_id: int) -> Voice:
    place = Place(workspace_id=workshop.place.id, chat_id=chat_id, run_id=run_id, actor=SYSTEM, name="Triage")
    services = workshop.services
    return Voice(services.database, services.live, services.clock, place)


async def test_a_step_says_its_field_say_in_the_commit_that_completes_it(workshop: Workshop):
    run = await workshop.create(opens_chat=True)
    done = await workshop.finish(run.id, 1, n=1, say="Thank you.")
    (message,) = await messages(workshop.services)
    step = done.step(1)
    assert (message["role"], message["content"], message["name"]) == ("assistant", "Thank you.", "a")
    assert (message["uuid"], message["run_id"], message["member_id"]) == (step.uuid, run.id, step.member_id)
    found = await chat(workshop.services)
    assert (found["message_count"], found["needs_response"], found["revision"]) == (1, False, 2)
    assert found["last_message_at"] == message["created_at"]
    (event,) = await rows(workshop.services, "select * from events where type = 'chat.message'")
    assert event["data"] == {"chat_id": found["id"], "message": str(step.uuid), "role": "assistant"}
    assert (event["run_id"], event["step_number"], event["revision"]) == (run.id, 1, done.revision)


async def test_a_step_that_says_nothing_a_run_without_a_chat_and_a_refused_completion_leave_no_message(workshop):
    await workshop.finish((await workshop.create(opens_chat=True)).id, 1, n=1)
    await workshop.finish((await workshop.create()).id, 1, n=1, say="Nobody hears it.")
    run = await workshop.create(opens_chat=True)
    with pytest.raises(Conflict):
        await workshop.do(run.id, Complete(step=1, data={"say": "Nobody did it."}))
    assert await messages(workshop.services) == []


async def test_what_several_steps_say_is_counted_and_told_to_those_who_are_in_the_chat(workshop: Workshop):
    run = await workshop.create(opens_chat=True)
    found = await chat(workshop.services)
    with workshop.services.live.subscribe(chat_topic(found["id"])) as hearing:
        await workshop.finish(run.id, 1, n=2, say="One.")
        await workshop.finish(run.id, 2, say="Two.")
        told = [hint for hint in hearing.drain() if hint["type"] == "chat.changed"]
    assert told == [{"type": "chat.changed", "chatId": found["id"], "memberIds": [found["member_id"]]}] * 2
    assert [message["content"] for message in await messages(workshop.services)] == ["One.", "Two."]
    assert (await chat(workshop.services))["message_count"] == 2


async def test_while_a_person_has_taken_the_chat_over_people_speak_and_voices_do_not(workshop: Workshop):
    run = await workshop.create(opens_chat=True)
    await take_over(workshop.services)
    found = await chat(workshop.services)
    assert await voice(workshop, found["id"], run.id).say("I think so.") is None
    await workshop.finish(run.id, 1, n=1, say="I am here.")
    assert [message["content"] for message in await messages(workshop.services)] == ["I am here."]
    assert (await chat(workshop.services))["message_count"] == 1


async def test_nothing_is_said_in_a_chat_that_was_deleted_and_the_step_completes(workshop: Workshop):
    run = await workshop.create(opens_chat=True)
    async with workshop.services.database.write() as connection:
        await connection.execute("update chats set deleted_at = updated_at")
    done = await workshop.finish(run.id, 1, n=1, say="Anybody there?")
    assert done.step(1).state == "completed"
    assert await messages(workshop.services) == []


async def test_a_voice_says_a_message_with_its_event_once(workshop: Workshop):
    run = await workshop.create(opens_chat=True)
    found = await chat(workshop.services)
    message_id = new_uuid(workshop.services.clock.now())
    speaking = voice(workshop, found["id"], run.id)
    calls = [{"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}]
    kept = await speaking.say("Let me see.", message_id=message_id, tool_calls=calls)
    assert kept is not None
    assert await speaking.say("Let me see.", message_id=message_id) is None
    (message,) = await messages(workshop.services)
    assert (message["uuid"], message["name"], message["tool_calls"]) == (message_id, "Triage", calls)
    assert (await chat(workshop.services))["message_count"] == 1
    (event,) = await rows(workshop.services, "select * from events where type = 'chat.message'")
    assert (event["actor_kind"], event["data"]["message"]) == ("system", str(message_id))


async def test_what_a_voice_passes_on_is_heard_and_kept_nowhere(workshop: Workshop):
    run = await workshop.create(opens_chat=True)
    found = await chat(workshop.services)
    speaking = voice(workshop, found["id"], run.id)
    message_id = new_uuid(workshop.services.clock.now())
    with workshop.services.live.subscribe(chat_topic(found["id"])) as hearing:
        speaking.pass_on(message_id, "The ")
        speaking.tool_called("call_1", "find", {"n": 1})
        speaking.tool_answered("call_1", "found")
        heard = hearing.drain()
    place = {"runId": run.id}
    assert heard == [
        {"type": "content", "messageId": str(message_id), "name": "Triage", "delta": "The "} | place,
        {"type": "tool_call", "id": "call_1", "name": "find", "arguments": {"n": 1}} | place,
        {"type": "tool_result", "id": "call_1", "content": "found"} | place,
    ]
    assert await messages(workshop.services) == []


async def test_a_call_that_came_with_words_takes_their_pieces_back_and_is_said_once(workshop: Workshop):
    run = await workshop.create(opens_chat=True)
    found = await chat(workshop.services)
    work = Work(
        workspace_id=workshop.place.id,
        workflow_id=workshop.workflow_id,
        run_id=run.id,
        run_uuid=run.uuid,
        step=1,
        step_uuid=run.step(1).uuid,
        task=run.version.task("a"),
        attempt=1,
        data={},
        chat_id=found["id"],
    )
    calls = CallsInChat(lambda _: voice(workshop, found["id"], run.id))
    with workshop.services.live.subscribe(chat_topic(found["id"])) as hearing:
        for _ in range(2):  # as an attempt that is made again does
            await calls.called(work, "1-a", "find", {"n": 1}, "One moment.")
            await calls.answered(work, "1-a", {"text": "x" * CONTENT_MAX})
        pieces = [hint for hint in hearing.drain() if hint["type"] == "content"]
    assert [(piece["messageId"], piece["delta"], piece["restart"]) for piece in pieces] == [
        (str(work.step_uuid), "", True)
    ]
    call, answer = await messages(workshop.services)
    function = {"name": "find", "arguments": '{"n":1}'}
    assert (call["content"], call["tool_calls"]) == (
        "One moment.",
        [{"id": "1-a", "type": "function", "function": function}],
    )
    assert (answer["role"], answer["tool_call_id"], len(answer["content"])) == ("tool", "1-a", CONTENT_MAX)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("Yes.", "Yes."),
        ({"say": "Yes.", "text": "No."}, "Yes."),
        ({"text": "No."}, None),
        ({"say": 3}, None),
        (" \n", None),
        ({"say": ""}, None),
        (["Yes."], None),
        (None, None),
    ],
)
def test_an_output_says_its_text_or_its_field_say(output, said):
    assert spoken(output) == said


def test_what_is_too_long_is_cut():
    cut = spoken("x" * (CONTENT_MAX + 1))
    assert cut is not None
    assert (len(cut), cut[-1]) == (CONTENT_MAX, "…")
    assert title_of("Where is\n my  order?") == "Where is my order?"
    assert len(title_of("word " * 100)) <= TITLE_TAKEN_MAX
