"""What stands beside the database (cache, broker) may be away: it is then not waited for at each
question again.
"""

import logging
import time

log = logging.getLogger(__name__)

#: Seconds for which something that did not answer is not asked again, and between two lines of the
#: log about it.
PAUSE, TOLD_EVERY = 5, 60


class Absence:
    """Whether ``what`` (a word for the log) answered when it was last asked.

    Shared by the threads of a process.

    if not broker.lasts:
        try:
            …
        except SomeError as error:
            broker.noted(error)
        else:
            broker.over()
    """

    def __init__(self, what) -> None:
        self.what = what
        self.until = self.told = float("-inf")
        self.since = None

    @property
    def lasts(self) -> bool:
        """Whether it failed so lately that it is not to be asked now."""
        return self.since is not None and time.monotonic() < self.until

    def noted(self, error) -> None:
        """It failed with ``error``: leave it alone for PAUSE seconds."""
        now = time.monotonic()
        self.until = now + PAUSE
        self.since = self.since or now
        if now - self.told >= TOLD_EVERY:
            self.told = now
            log.warning("The %s is away (%s). The service goes on without it.", self.what, error)

    def over(self) -> None:
        """It answered."""
        if self.since is not None:
            log.warning("The %s is back after %d s.", self.what, time.monotonic() - self.since)
            self.since, self.told = None, float("-inf")


cache, broker = Absence("cache"), Absence("broker")
