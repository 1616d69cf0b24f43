"""NATS' protocol as it passes through a proxy: its frames, and rules that lose one or do something when one passes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

WITH_PAYLOAD = {b"PUB", b"HPUB", b"MSG", b"HMSG"}
END = b"\r\n"

Direction = Literal["sent", "received"]


@dataclass(frozen=True)
class Frame:
    """One line of the protocol and its payload, headers included; `direction` is the client's view."""

    direction: Direction
    raw: bytes
    verb: str
    subject: str = ""
    payload: bytes = b""


@dataclass
class Rule:
    """What happens to the next `times` frames that match: `then` is called, and the frame goes on unless `loses`.

    A frame counts where `then` says so: one that a process sent before it could be killed a second time does not.
    """

    matches: Callable[[Frame], bool]
    then: Callable[[], bool] = lambda: True
    loses: bool = False
    times: int = 1
    seen: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it has happened so often."""
        return self.seen >= self.times


@dataclass
class FrameTap:
    """Applies the rules to the frames of one connection. The list of rules is shared, and may change at any time."""

    rules: list[Rule]
    _buffers: dict[Direction, bytes] = field(default_factory=lambda: {"sent": b"", "received": b""})

    def sent(self, data: bytes) -> bytes:
        """From the client."""
        return self._passed("sent", data)

    def received(self, data: bytes) -> bytes:
        """From the server."""
        return self._passed("received", data)

    def _passed(self, direction: Direction, data: bytes) -> bytes:
        frames, rest = split(direction, self._buffers[direction] + data)
        self._buffers[direction] = rest
        return b"".join(frame.raw for frame in frames if not self._is_lost(frame))

    def _is_lost(self, frame: Frame) -> bool:
        for rule in self.rules:
            if not rule.is_spent and rule.matches(frame):
                rule.seen += rule.then()
                return rule.loses
        return False


def split(direction: Direction, data: bytes) -> tuple[list[Frame], bytes]:
    """The whole frames at the beginning of `data`, and what is left of it."""
    frames = list(_frames(direction, data))
    return frames, data[sum(len(frame.raw) for frame in frames) :]


def _frames(direction: Direction, data: bytes) -> Iterator[Frame]:
    start = 0
    while (line_end := data.find(END, start)) >= 0:
        verb, *words = data[start:line_end].split()[:6] or [b""]
        body = line_end + len(END)
        end = body + int(words[-1]) + len(END) if verb.upper() in WITH_PAYLOAD else body
        if end > len(data):
            return
        subject = words[0].decode() if words and verb.upper() in WITH_PAYLOAD else ""
        yield Frame(direction, data[start:end], verb.decode("utf-8", "replace"), subject, data[body : end - len(END)])
        start = end
