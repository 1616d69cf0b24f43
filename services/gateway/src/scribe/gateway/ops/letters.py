"""`deadletters`: what no attempt could finish, looked at and sent back to the step that gave it up."""

import argparse

from scribe.gateway.admin.deadletters import letters, send_back
from scribe.gateway.admin.models import DeadLetter
from scribe.gateway.ops.answer import Answer
from scribe.gateway.ops.operations import Command, Commands, Operations
from scribe.gateway.problems import BadRequest, NotFound, Problem

PAGE = 100
MAX_LETTERS = 10_000
"""Looked at, the newest first; older ones are reached when these are gone."""


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add `deadletters list`, `show` and `replay`."""
    group = commands.add_parser("deadletters", help="what no attempt could finish")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument("--step", help="those of this step, by any of its names (scraper, web_scraper)")
    chosen.add_argument("--cause", help="those of this error class, or whose reason has these words")
    chosen.add_argument("--limit", type=int, default=MAX_LETTERS, help="the newest N of them")
    listing = actions.add_parser("list", parents=[shared, chosen], help="list them, the newest first")
    listing.set_defaults(run=_list)
    show = actions.add_parser("show", parents=[shared], help="show one")
    show.add_argument("ids", metavar="ID", type=int, nargs=1)
    show.set_defaults(run=_show)
    replay = actions.add_parser("replay", parents=[shared, chosen], help="send tasks back to the step that gave up")
    replay.add_argument("ids", metavar="ID", type=int, nargs="*")
    replay.add_argument("--all", action="store_true", help="all whose tasks have failed")
    replay.set_defaults(run=_replay)


async def _list(operations: Operations, command: Command) -> Answer:
    found = await _chosen(operations, command)
    return Answer([letter.model_dump(mode="json") for letter in found], "No dead letters.")


async def _show(operations: Operations, command: Command) -> Answer:
    (number,) = command.ids
    found = await letters(operations.broker, operations.route, 1, number + 1)
    if not found or found[0].id != number:
        raise NotFound("There is no such dead letter.")
    return Answer([found[0].model_dump(mode="json")])


async def _replay(operations: Operations, command: Command) -> Answer:
    """Each letter on its own: one whose task has ended otherwise is told and keeps nobody else waiting."""
    if bool(command.ids) == (command.all or bool(command.step or command.cause)):
        raise BadRequest("Name either ids, or --step, --cause or --all.")
    ids = command.ids or [letter.id for letter in await _chosen(operations, command)]
    rows = [{"id": number, "result": await _sent_back(operations, number)} for number in ids]
    return Answer(rows, "No dead letters.", is_good=not command.ids or any(row["result"] == SENT for row in rows))


SENT = "sent back"


async def _sent_back(operations: Operations, number: int) -> str:
    try:
        await send_back(operations.database, operations.broker, operations.route, number)
    except Problem as problem:
        return str(problem)
    return SENT


async def _chosen(operations: Operations, command: Command) -> list[DeadLetter]:
    found: list[DeadLetter] = []
    before: int | None = None
    for _ in range(MAX_LETTERS // PAGE):
        page = await letters(operations.broker, operations.route, PAGE, before)
        found += [letter for letter in page if _is_chosen(operations, letter, command)]
        if not page or len(found) >= command.limit:
            break
        before = page[-1].id
    return found[: command.limit]


def _is_chosen(operations: Operations, letter: DeadLetter, command: Command) -> bool:
    names = {letter.step, *(str(step) for step in operations.route if step.wire_name == letter.step)}
    has_cause = command.cause is None or command.cause == letter.error_class or command.cause in letter.reason
    return has_cause and (command.step is None or command.step in names)
