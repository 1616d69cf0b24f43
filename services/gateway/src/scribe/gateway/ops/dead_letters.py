"""`deadletters`: list, show, replay and give up dead letters."""

import argparse
from collections.abc import Awaitable, Callable

from scribe.gateway.admin.deadletters import letters, send_back, take_out
from scribe.gateway.admin.models import DeadLetter
from scribe.gateway.ops.answer import Answer
from scribe.gateway.ops.operations import Command, Commands, Operations
from scribe.gateway.problems import BadRequest, NotFound, Problem

PAGE = 100
MAX_LETTERS = 10_000
"""Letters that are read, the newest first; older ones are reached once these are closed."""


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add `deadletters list`, `show`, `replay` and `give-up`."""
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
    closing = {
        "replay": (_replay, "send tasks back to the step that gave up"),
        "give-up": (_give_up, "leave them failed"),
    }
    for name, (run, help_text) in closing.items():
        action = actions.add_parser(name, parents=[shared, chosen], help=help_text)
        action.add_argument("ids", metavar="ID", type=int, nargs="*")
        action.add_argument("--all", action="store_true", help="all that are open")
        action.set_defaults(run=run)


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
    async def replay(number: int) -> None:
        await send_back(operations.database, operations.broker, operations.route, number)

    return await _closed(operations, command, "sent back", replay)


async def _give_up(operations: Operations, command: Command) -> Answer:
    async def give_up(number: int) -> None:
        await take_out(operations.broker, number)

    return await _closed(operations, command, "given up", give_up)


async def _closed(
    operations: Operations, command: Command, done: str, close: Callable[[int], Awaitable[None]]
) -> Answer:
    """Close each letter on its own; one that is refused is reported, and the others are closed all the same."""
    if bool(command.ids) == (command.all or bool(command.step or command.cause)):
        raise BadRequest("Name either ids, or --step, --cause or --all.")
    ids = command.ids or [letter.id for letter in await _chosen(operations, command)]
    rows = [{"id": number, "result": await _result(close, number, done)} for number in ids]
    return Answer(rows, "No dead letters.", is_good=not command.ids or any(row["result"] == done for row in rows))


async def _result(close: Callable[[int], Awaitable[None]], number: int, done: str) -> str:
    try:
        await close(number)
    except Problem as problem:
        return str(problem)
    return done


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
