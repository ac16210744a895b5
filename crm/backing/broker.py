"""The embedded default's broker: Celery's messages as files in a folder, each seen by workers only
when it is whole.

Kombu's own transport of this kind creates a message under its final name and writes it afterwards:
a worker that looks in between reads half a message and ends. Here a file is written under another
name and then renamed.
"""

import fcntl
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Kombu's channel, with whole files only."""

    def _put(self, queue, payload, **kwargs) -> None:
        """Add a message (JSON values) to ``queue``."""
        _write_whole(
            Path(self.data_folder_out) / f"{time_ns():020d}_{uuid.uuid4()}.{queue}.msg", payload
        )

    def _get(self, queue) -> Any:
        """The oldest message of ``queue``, or Empty; what cannot be read is set aside."""
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            if (taken := _taken(Path(self.data_folder_in) / name)) is None:
                continue
            try:
                payload = loads(taken.read_text())
            except ValueError:
                _set_aside(taken)
                continue
            taken.unlink()
            return payload
        raise Empty()

    def get_table(self, exchange) -> list:
        """The queues bound to ``exchange``.

        None where the list cannot be read, for it is written again at the next binding.
        """
        try:
            return super().get_table(exchange)
        except ValueError:
            return []

    def _queue_bind(self, exchange, routing_key, pattern, queue) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._alone():
            table = self.get_table(exchange)
            if bound not in table:
                _write_whole(self._exchange_file(exchange), [bound, *table])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time change the bindings."""
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _taken(message: Path) -> Path | None:
    """The file of a message under the name of one that is taken; None when another worker was
    faster.
    """
    taken = message.with_name(f"{message.name}.taken")
    try:
        os.rename(message, taken)  # of several workers one succeeds
    except FileNotFoundError:
        return None
    return taken


def _set_aside(taken: Path) -> None:
    logger.warning("A message for workers could not be read and was set aside: %s", taken)
    taken.replace(taken.with_suffix(".unreadable"))


class Transport(filesystem.Transport):
    """Kombu's transport with the channel above."""

    Channel = Channel
    global_state = filesystem.virtual.BrokerState()


def register() -> None:
    """Let addresses that begin with ``filesystem://`` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"


def _write_whole(path, value) -> None:
    """Write JSON values to a file that has its name only once it is complete."""
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    unfinished.write_text(dumps(value))
    unfinished.replace(path)
