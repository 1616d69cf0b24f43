"""Whose streams they are: their names are fixed, so two installations on an account would take each other's tasks."""

from dataclasses import replace
from uuid import UUID

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.streams import PIPELINE
from scribe.common.process.database import load_queries
from scribe.gateway.database import Database

SQL = load_queries("scribe.gateway.pipeline")
KEY = "scribe.installation"
"""In the metadata of PIPELINE: the id of the database whose items its messages are."""


async def claim_streams(database: Database, broker: Broker) -> None:
    """Write this installation's id to the streams, or find it there.

    Raises:
        ConfigurationError: they are another installation's. ServiceUnavailable, or an error of NATS: it cannot be told.
    """
    async with database.as_service() as connection:
        own: UUID = await connection.fetchval(SQL["installation"])
    config = (await broker.js.stream_info(PIPELINE)).config
    found = (config.metadata or {}).get(KEY)
    if found is None:
        await broker.js.update_stream(replace(config, metadata={**(config.metadata or {}), KEY: str(own)}))
    elif found != str(own):
        raise ConfigurationError(
            f"this NATS account serves another installation of Scribe ({found}, this one is {own}): give each"
            " an account of its own"
        )
