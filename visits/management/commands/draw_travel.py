"""``manage.py draw_travel``: write docs/problem-travel.md from the table of transitions."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from visits.models.problems import State
from visits.problems import workflow  # noqa: F401  (fills the table)
from visits.problems.workflow.engine import TABLE

TARGET = Path(settings.BASE_DIR) / "docs" / "problem-travel.md"
HEAD = """# How a problem travels

Made by `python manage.py draw_travel` from the table in `visits/problems/workflow/`; a test holds it true. Pages, API and this
page read the same table: a verb, the states it leads from and to, who may take it, and what it asks for.

"""


class Command(BaseCommand):
    help = "Write docs/problem-travel.md from the table of transitions."

    def handle(self, *args, **options) -> None:
        TARGET.write_text(drawn(), encoding="utf-8")
        self.stdout.write(str(TARGET.relative_to(settings.BASE_DIR)))


def drawn() -> str:
    """The page: a Mermaid diagram of what changes the state, and the table of all verbs."""
    with translation.override("en"):
        return f"{HEAD}{_diagram()}\n{_table()}"


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", "  [*] --> registered"]
    for row in TABLE.values():
        if row.to is not None:
            lines += [f"  {source} --> {row.to}: {row.name}" for source in _ordered(row.sources)]
    lines += [f"  {state} --> [*]" for state in _ordered(State.ENDED)]
    return "\n".join([*lines, "```", ""])


def _table() -> str:
    lines = [
        "| verb | from | to | who | asks for | clock |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in TABLE.values():
        states = " · ".join(str(source.label) for source in _ordered(row.sources))
        asked = ", ".join([*row.fields, *(["why"] if row.needs_why else [])]) or "–"
        to = State(row.to).label if row.to else "stays"
        lines.append(
            f"| **{row.name}** {row.label} | {states} | {to} | {_who(row)} | {asked} | {_clock(row)} |"
        )
    return "\n".join([*lines, ""])


def _who(row) -> str:
    return f"{row.whose}; the portal or the system" if row.by_system else str(row.whose)


def _clock(row) -> str:
    if row.to is None:
        return {"pause": "stands", "resume": "runs on, moved", "grant_extension": "moved"}.get(
            row.name, "runs"
        )
    return (
        "moved to the day planned"
        if row.to == State.PLANNED
        else "runs"
        if row.to in State.LATE_POSSIBLE
        else "stopped"
    )


def _ordered(states) -> list[State]:
    return [state for state in State if state in states]
