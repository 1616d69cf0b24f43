"""Alembic's entry point: it connects with the URL that the command was given."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine


def _run(connection: Connection) -> None:
    context.configure(connection=connection, transactional_ddl=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def _migrate() -> None:
    attributes = context.config.attributes
    engine = create_async_engine(attributes["url"], poolclass=pool.NullPool)
    async with engine.connect() as connection:
        # Not among the parameters of the start, which poolers refuse.
        await connection.exec_driver_sql(f"SET lock_timeout = '{attributes['lock_timeout']}'")
        # Row-level security holds the owner too: a revision that would miss rows because of it is to fail.
        await connection.exec_driver_sql("SET row_security = off")
        await connection.commit()
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_migrate())
