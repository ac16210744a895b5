"""Reading pictures and documents that may be anything.

Runs in a process of its own (crm.sandbox); loads nothing of the service.
"""


class Unfit(Exception):  # noqa: N818 (it is an answer)
    """The upload cannot be taken; ``unfit`` says why, in plain values."""

    def __init__(self, why, **more) -> None:
        super().__init__(why)
        self.unfit = {"why": why, **more}
