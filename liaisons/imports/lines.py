"""One row of a file while it is worked out, and why it cannot be taken."""

import uuid
from dataclasses import dataclass, field

from liaisons.imports.columns import cell_name
from liaisons.models import ImportBatch, ImportRow


class Refused(Exception):
    """A row that cannot be taken: every reason, each with the column (from 0) it is about, or None."""

    def __init__(self, *faults) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass(slots=True)
class Line:
    """What is found out of one row, by the names of ImportRow: of a model it would take five times
    as long.
    """

    batch: ImportBatch
    number: int
    outcome: str = ""
    name: str = ""
    values: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    reason: str = ""
    cell: str = ""
    notes: str = ""
    enterprise_uid: uuid.UUID | None = None
    enterprise_version: int = 0
    candidates: list = field(default_factory=list)


def refuse(line, refused) -> None:
    """Let the row be refused with all that is wrong with it.

    The first fault's cell stands by itself.
    """
    cells = [
        cell_name(column, line.number) if column is not None else ""
        for _reason, column in refused.faults
    ]
    told = [
        str(reason) if place == 0 else f"{cells[place]} {reason}".strip()
        for place, (reason, _column) in enumerate(refused.faults)
    ]
    line.outcome, line.reason, line.cell = ImportRow.Outcome.REFUSED, " ".join(told)[:300], cells[0]
