"""What users do at the worst moment, and gateways beside each other."""

import asyncio
from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID, uuid4

import httpx

from scribe.common.messaging.streams import MEMO
from tests.chaos.cell import Cell
from tests.chaos.chaos import TWO_OF_EACH, Chaos
from tests.support.campaign import bearer

RETRIES = 3
TRIED_AGAIN = "a retry of its user asks for an item anew"
MANY, FEW = 10, 20
"""Times the items of a cell that one user submits, and the items of another."""
MIN_MANY = 600
"""Several times what is in the pipeline at once; of fewer, half have ended before another user comes."""
SHARE_OF_MANY = 0.1
"""What is waited for of them: as many as in the other cells."""
STORM = 15.0
MIN_HELD = 10
FORGETTING = 60.0
"""Seconds after which nothing that a deleted task has paid for may be left, once the model answers again."""
READER = "You read web pages"
"""In every request of the scraper to its model, and in no other's."""


async def cancel_and_retry(chaos: Chaos) -> None:
    """A fifth of the items cancelled, deleted or tried again at any moment, against each other."""
    chosen = chaos.random.sample(sorted(chaos.accepted), len(chaos.accepted) // 5)
    owners = await chaos.owners()
    async with chaos.campaign.client() as client:
        for item in chosen:
            for _ in range(RETRIES):
                verb, path = chaos.random.choice((("POST", "/cancel"), ("POST", "/retry"), ("DELETE", "")))
                await change(chaos, client, owners[item], verb, item, path)


async def change(chaos: Chaos, client: httpx.AsyncClient, token: str, verb: str, item: str, path: str) -> None:
    """One request of a user, which may be refused."""
    answer = await client.request(verb, f"/api/queue/{item}{path}", headers=bearer(token))
    if answer.status_code == httpx.codes.OK:
        chaos.traces.note(f"{verb} {path}".strip())
        if verb == "DELETE":
            chaos.deleted.add(item)


async def against_each_other(chaos: Chaos) -> None:
    """Cancel, delete and retry of the same item, all at once."""
    chosen = chaos.random.sample(sorted(chaos.accepted), len(chaos.accepted) // 10)
    owners = await chaos.owners()
    changes = (("POST", "/cancel"), ("POST", "/retry"), ("DELETE", ""))
    async with chaos.campaign.client() as client:
        for number, item in enumerate(chosen):
            await chaos.until(0.5 * number / len(chosen))
            await asyncio.gather(*(change(chaos, client, owners[item], verb, item, path) for verb, path in changes))


async def delete_users(chaos: Chaos) -> None:
    """A third of the users, one at least, deleted with all that they have, while it is worked on."""
    await chaos.until(0.2)
    users = await owners_of(chaos, chaos.accepted)
    await delete(chaos, chaos.random.sample(users, max(1, len(users) // 3)))


async def refuse_to_read(chaos: Chaos, _items: int) -> None:
    """The items of a cell; the scraper's model refuses from the start, so that none of them gets past it."""
    await chaos.control(path="/anthropic/", contains=READER, status=529)
    await chaos.submission.submit()


async def delete_held(chaos: Chaos) -> None:
    """Users deleted while scrapers hold their tasks, which have paid for Exa; nothing of what was paid for stays."""
    await chaos.when(partial(have_paid, chaos, MIN_HELD), "tasks have paid for Exa")
    paid = await paid_by(chaos)
    await delete(chaos, await owners_of(chaos, sorted(paid)[:MIN_HELD]))
    doomed = paid & chaos.deleted
    chaos.traces.note("tasks deleted that had paid", len(doomed))
    await chaos.lasting(STORM)
    await chaos.heal()

    async def are_forgotten() -> bool:
        return not doomed & await paid_by(chaos)

    await chaos.when(are_forgotten, "the answers of the deleted are forgotten", patience=FORGETTING)


async def have_paid(chaos: Chaos, count: int) -> bool:
    """Whether so many tasks have answers of Exa's."""
    return len(await paid_by(chaos)) >= count


async def paid_by(chaos: Chaos) -> set[str]:
    """The tasks whose answers from Exa are kept, in case that they are asked for again."""
    async with chaos.broker() as broker:
        info = await broker.js.stream_info(f"KV_{MEMO}", subjects_filter=f"$KV.{MEMO}.scraper.>")
    return {subject.split(".")[3] for subject in info.state.subjects or ()} & chaos.accepted


async def owners_of(chaos: Chaos, items: Collection[str]) -> list[UUID]:
    """The users that the items belong to."""
    async with chaos.database() as connection:
        rows = await connection.fetch(
            "SELECT DISTINCT user_id FROM queue_items WHERE id = ANY ($1::uuid[])", list(items)
        )
    return [row["user_id"] for row in rows]


async def delete(chaos: Chaos, users: Sequence[UUID]) -> None:
    """Users with all that they have."""
    async with chaos.database() as connection:
        rows = await connection.fetch("DELETE FROM queue_items WHERE user_id = ANY ($1) RETURNING id::text", users)
        chaos.deleted |= {row["id"] for row in rows}
        await connection.execute("DELETE FROM users WHERE id = ANY ($1)", users)
    chaos.traces.note("users deleted", len(users))
    chaos.traces.note("items deleted with them", len(rows))


async def one_of_many_one_of_few(chaos: Chaos, items: int) -> None:
    """The items of one user, and of another who comes later with a few."""
    await chaos.campaign.submit_of_another(max(MANY * items, MIN_MANY))
    many = set(chaos.accepted)
    await chaos.campaign.submit_of_another(FEW)
    chaos.few = chaos.accepted - many


async def few_are_not_behind(chaos: Chaos) -> None:
    """Wait for the few: most of the many must still be under way when they have ended. The rest of the many is then
    deleted with its user, which says as much as waiting for it.
    """
    many = chaos.accepted - chaos.few

    async def few_have_ended() -> bool:
        return await chaos.under_way(chaos.few) == 0

    await chaos.when(few_have_ended, "the items of the second user ended")
    begun = len(many) - await chaos.under_way(many)
    if begun > len(many) / 2:
        chaos.wrong.append(f"{begun} items of the first user had ended before the {FEW} of the second")
    chaos.traces.note("items of the many ended first", begun)
    await chaos.until(SHARE_OF_MANY)
    await delete(chaos, await owners_of(chaos, many))


async def submit_twice(chaos: Chaos, _items: int) -> None:
    """Each batch requested twice at once with one key, through a gateway each; both must be told of the same items."""
    campaign, gateways = chaos.campaign, [chaos.platform.services[name].url for name in ("gateway", "gateway-2")]
    async with campaign.client() as client:
        for _ in range(campaign.users):
            number = await campaign.submit_of_another(0)
            headers = {**bearer(campaign.tokens[-1]), "Idempotency-Key": str(uuid4())}
            body = campaign.batch(number, range(campaign.each))
            answers = await asyncio.gather(
                *(told(client, f"{gateway}/api/queue/batch", body, headers) for gateway in gateways)
            )
            chaos.traces.note("requests sent twice")
            if answers[0] != answers[1]:
                chaos.wrong.append("a request that was sent twice was done twice")
            campaign.accepted.update(*answers)


async def told(client: httpx.AsyncClient, url: str, body: object, headers: dict[str, str]) -> tuple[str, ...]:
    """The ids that a gateway answers with; while it says that the first request is in progress, it is asked again."""
    while True:
        answer = await client.post(url, json=body, headers=headers)
        if answer.status_code != httpx.codes.CONFLICT:
            return tuple(answer.raise_for_status().json()["queue_item_ids"])


async def two_relays(chaos: Chaos) -> None:
    """Two gateways publish, project and reconcile; one of them is killed now and then."""
    for number in range(4):
        await chaos.until(0.15 * number)
        chaos.kill(chaos.random.choice(("gateway", "gateway-2")))


CELLS = (
    Cell("cancel, delete, retry", cancel_and_retry, repeats=RETRIES, why=TRIED_AGAIN),
    Cell("cancel, delete, retry at once", against_each_other, repeats=1, why=TRIED_AGAIN),
    Cell("users deleted under way", delete_users),
    Cell("users deleted while their tasks are held", delete_held, submit=refuse_to_read, is_full=True),
    Cell("10 x the items of one user, 20 of another", few_are_not_behind, submit=one_of_many_one_of_few),
    Cell("the same requests twice, two gateways killed", two_relays, submit=submit_twice, replicas=TWO_OF_EACH),
    Cell("two of everything, workers and gateways killed", two_relays, replicas=TWO_OF_EACH),
)
