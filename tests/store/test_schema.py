"""The schema says of itself whether it is the newest, without what would bring it there."""

import subprocess
import sys

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from casework.store import schema
from tests.databases import named

pytestmark = pytest.mark.anyio


def test_the_newest_migration_is_the_head_of_them_all():
    configuration = Config()
    configuration.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(configuration).get_heads() == [schema.NEWEST]


async def test_an_empty_database_an_old_one_and_a_new_one_are_told_apart(database_server, database_url):
    assert not await schema.is_current(named(database_server, "postgres"))
    assert await schema.is_current(database_url)
    connection = await asyncpg.connect(database_url)
    await connection.execute("update alembic_version set version_num = '0001'")
    await connection.close()
    assert not await schema.is_current(database_url)


def test_a_process_over_a_database_that_is_up_to_date_loads_no_migrations(database_url):
    program = (
        "import asyncio, sys; from casework.store.schema import migrate; "
        f"asyncio.run(migrate({database_url!r})); "
        "sys.exit(bool({'alembic', 'sqlalchemy'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
