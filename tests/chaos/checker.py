"""What is true after a run, whatever was done to the system in it: a pure judgement of what was found."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

ENDED = frozenset({"completed", "failed"})


@dataclass(frozen=True)
class Item:
    """One row of `queue_items`."""

    id: str
    status: str
    error: str | None = None
    email_id: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class Findings:
    """What the database, the dead letters and the stand-ins say after a run.

    `emails` maps the id of each e-mail to its task; `counts` holds for each user the count that is kept and the e-mails
    that are there; `answered` counts, by a digest, how often the same paid request was answered, and `broken` how often
    with what nobody can read; `deleted` are the items that their users have taken away.
    """

    accepted: Collection[str]
    items: Mapping[str, Item]
    emails: Mapping[str, str]
    counts: Collection[tuple[int, int]] = ()
    dead_letters: Collection[str] = ()
    answered: Mapping[str, int] = field(default_factory=dict)
    broken: Mapping[str, int] = field(default_factory=dict)
    deleted: Collection[str] = ()


@dataclass(frozen=True)
class Allowance:
    """What is no breach: `fails` items that fail (None: any number), `per_call` repeats of one paid request, and
    `in_all` repeats of all of them (None: any number).
    """

    fails: int | None = 0
    per_call: int = 0
    in_all: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Numbers of items; `repeated` counts paid requests beyond the first, `most_repeated` those of one request.

    `repeated_of` are the paths of such requests; `unread` counts answers that arrived broken, after which the request
    must be made again. `reasons` are the most frequent sentences of what failed.
    """

    accepted: int
    completed: int
    failed: int
    cancelled: int
    lost: int
    duplicated: int
    stuck: int
    repeated: int
    most_repeated: int
    unread: int = 0
    repeated_of: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def breaches(self, allowed: Allowance = Allowance()) -> tuple[str, ...]:
        """What must not be, whatever is done; and what must not be unless it is allowed."""
        wrong = list(self.problems)
        wrong += [f"{getattr(self, name)} {name}" for name in ("lost", "duplicated", "stuck") if getattr(self, name)]
        if allowed.fails is not None and self.failed > allowed.fails:
            wrong.append(f"{self.failed} failed ({'; '.join(self.reasons)})")
        whose = ", ".join(self.repeated_of)
        if self.most_repeated > allowed.per_call:
            wrong.append(f"a paid call ({whose}) was repeated {self.most_repeated} times, allowed {allowed.per_call}")
        if allowed.in_all is not None and self.repeated > allowed.in_all:
            wrong.append(f"{self.repeated} paid calls ({whose}) were repeated, allowed {allowed.in_all}")
        return tuple(wrong)


def judge(found: Findings) -> Verdict:
    """The verdict over one run."""
    items = [found.items[id_] for id_ in found.accepted if id_ in found.items]
    repeats = [count - 1 for count in found.answered.values()]
    failed = [item for item in items if item.status == "failed" and not item.is_cancelled]
    return Verdict(
        accepted=len(found.accepted),
        completed=sum(item.status == "completed" for item in items),
        failed=len(failed),
        cancelled=sum(item.is_cancelled for item in items),
        lost=len([id_ for id_ in found.accepted if id_ not in found.items and id_ not in found.deleted]),
        duplicated=sum(count - 1 for count in Counter(found.emails.values()).values()),
        stuck=sum(item.status not in ENDED for item in items),
        repeated=sum(repeats),
        most_repeated=max(repeats, default=0),
        unread=sum(found.broken.values()),
        repeated_of=tuple(
            sorted({request.partition(" ")[0] for request, times in found.answered.items() if times > 1})
        ),
        reasons=tuple(f"{times} x {error}" for error, times in Counter(item.error for item in failed).most_common(3)),
        problems=tuple(_problems(found, items)),
    )


def _problems(found: Findings, items: list[Item]) -> list[str]:
    with_email = set(found.emails.values())
    kinds = {
        "completed without an e-mail": [i for i in items if i.status == "completed" and i.id not in with_email],
        "completed with another's e-mail": [
            i for i in items if i.email_id and found.emails.get(i.email_id, i.id) != i.id
        ],
        "failed with an e-mail": [i for i in items if i.status == "failed" and i.id in with_email],
        "failed without a sentence": [i for i in items if i.status == "failed" and not (i.error or "").strip()],
        "that nobody was told of": [i for id_, i in found.items.items() if id_ not in found.accepted],
        "completed with a dead letter of their own": [
            i for i in items if i.status == "completed" and i.id in found.dead_letters
        ],
    }
    problems = [f"{len(wrong)} {kind}" for kind, wrong in kinds.items() if wrong]
    problems += [
        f"a user's count is {kept}, there are {there} e-mails" for kept, there in found.counts if kept != there
    ]
    return problems
