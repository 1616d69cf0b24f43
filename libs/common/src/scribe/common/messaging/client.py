"""nats-py's client, with some of its bugs fixed and with less work for each message."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.protocol.command import hpub_cmd

_BLANKS = " \t\n\r\x0b\x0c"
NO_TLS = "SCRIBE_NATS_URL names tls://, and the server does not offer TLS"

_REVOKED = ("authorization violation", "authentication expired", "authentication revoked")
"""What a server says to a client whose credential holds no longer."""


class ScribeClient(Client):
    """nats-py's client with some of its bugs fixed, and with less work for each message."""

    def __init__(self) -> None:
        super().__init__()
        self._request_numbers = count()

    async def _send_publish(
        self, subject: str, reply: str, payload: bytes, payload_size: int, headers: dict[str, Any] | None
    ) -> None:
        """The same bytes as nats-py's, which cleans each header by itself; those that need it are left to it."""
        block = header_block(headers) if headers and subject else None
        if block is None:
            await super()._send_publish(subject, reply, payload, payload_size, headers)
            return
        self.stats["out_msgs"] += 1
        self.stats["out_bytes"] += payload_size
        await self._send_command(hpub_cmd(subject, reply, block, payload))
        if self._flush_queue is not None and self._flush_queue.empty():
            await self._flush_pending()

    async def _request_new_style(
        self, subject: str, payload: bytes, timeout: float = 1, headers: dict[str, Any] | None = None
    ) -> Msg:
        """As nats-py, with requests told apart by a number: only the connection's own prefix must be hard to guess."""
        if self.is_draining_pubs:
            raise nats.errors.ConnectionDrainingError
        if not self._resp_sub_prefix:
            await self._init_request_sub()
        token = str(next(self._request_numbers))
        answer: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()
        self._resp_map[token] = answer
        try:
            inbox = (self._resp_sub_prefix or b"").decode()
            await self.publish(subject, payload, reply=inbox + token, headers=headers)
            async with asyncio.timeout(timeout):
                return await answer
        except TimeoutError:
            raise nats.errors.TimeoutError from None
        finally:
            self._resp_map.pop(token, None)

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        """The same result as nats-py's at a quarter of the cost: that checks each character of each name in Python."""
        headers: dict[str, str] = {}
        for line in raw.decode("utf-8", "replace").split("\r\n"):
            name, colon, value = line.partition(":")
            if not _is_plain(name):
                name = name.strip(_BLANKS)
                if not name.isascii() or name.split() not in ([name], []):
                    continue
            if colon:
                headers[name] = value.strip(_BLANKS)
        return headers

    async def _flush_pending(self, force_flush: bool = False) -> Any:  # noqa: ANN401 - as nats-py has it
        """As nats-py, which goes on where it is cancelled meanwhile: whoever cancels would wait for ever."""
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        flushed = await super()._flush_pending(force_flush)
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
        return flushed

    async def _process_op_err(self, e: Exception) -> None:
        """Drop at once a connection that has failed; nats-py waits until the server has taken what was still to be
        sent, and one that is frozen never does.
        """
        writer = getattr(self._transport, "_io_writer", None)
        if writer is not None and self.is_connected:
            writer.transport.abort()
        await super()._process_op_err(e)

    async def _process_err(self, err_msg: str) -> None:
        """Connect again, with the credential that is there now, where a server takes one away; nats-py would close."""
        if any(said in err_msg.lower() for said in _REVOKED):
            await self._process_op_err(nats.errors.AuthorizationError())
        else:
            await super()._process_err(err_msg)

    def _connect_command(self) -> bytes:
        """Send no credential to a server that is named `tls://` before the connection is encrypted.

        nats-py encrypts where the server asks for it, and a server, or whoever stands in between, may not ask.
        The seed is read again, as it may have changed: nats-py keeps to the first public key.
        """
        if self._nkeys_seed is not None:
            self._setup_nkeys_seed_connect()
        writer = getattr(self._transport, "_io_writer", None)
        is_encrypted = writer is not None and writer.get_extra_info("ssl_object") is not None
        if self._current_server is not None and self._current_server.uri.scheme == "tls" and not is_encrypted:
            raise nats.errors.Error(NO_TLS)
        command: bytes = super()._connect_command()
        return command

    async def _process_pong(self) -> None:
        """Ignore a pong whose ping has timed out; in nats-py it raises, which ends the reading of the connection."""
        if self._pongs and self._pongs[0].done():
            self._pongs.pop(0)
            self._pings_outstanding = 0
            return
        await super()._process_pong()


def header_block(headers: Mapping[str, str]) -> bytes | None:
    """The headers as they are sent; None where a name is unusual, or a value has something that must not be sent."""
    lines = ["NATS/1.0"]
    for name, value in headers.items():
        if not (_is_plain(name) and value.isprintable() and value == value.strip()):
            return None
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@lru_cache(maxsize=256)
def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace("-", "").isalnum()
