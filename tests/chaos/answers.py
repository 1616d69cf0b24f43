"""What the stand-ins say that they have answered."""

from collections import Counter

from pydantic import BaseModel


class Answers(BaseModel):
    """How often each request was answered, by a digest of it: properly, and with what nobody can read."""

    answered: Counter[str] = Counter()
    broken: Counter[str] = Counter()

    def since(self, before: "Answers") -> "Answers":
        """What has come since, of what is paid for."""
        return Answers(
            answered=Counter({name: n for name, n in (self.answered - before.answered).items() if is_paid(name)}),
            broken=Counter({name: n for name, n in (self.broken - before.broken).items() if is_paid(name)}),
        )


def is_paid(request: str) -> bool:
    """Whether somebody is paid for an answer."""
    return request.startswith(("/anthropic", "/fireworks", "/exa"))
