"""Facts of a month have a partition of their own."""

from datetime import UTC, datetime

from casework.store import partitions


async def names(services):
    async with services.database.read() as connection:
        rows = await connection.fetch(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'events'::regclass"
        )
    return {row[0] for row in rows}


async def test_this_month_and_two_more_have_one_however_often_it_is_asked(services):
    for _ in range(2):
        async with services.database.write() as connection:
            await partitions.make(connection, datetime(2031, 11, 30, tzinfo=UTC))
    assert {"events_2031_11", "events_2031_12", "events_2032_01"} <= await names(services)


async def test_a_month_whose_facts_stand_elsewhere_already_is_left_there(services, place):
    async with services.database.write() as connection:
        await connection.execute(
            "insert into events (workspace_id, type, actor_kind, at, recorded_at) values ($1, 'x', 'system', $2, $2)",
            place.id,
            datetime(2032, 5, 5, tzinfo=UTC),
        )
        await partitions.make(connection, datetime(2032, 5, 6, tzinfo=UTC))
    found = await names(services)
    assert "events_2032_05" not in found
    assert "events_2032_06" in found
