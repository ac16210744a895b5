"""What the pages of the portal show: plain values from the columns meant for the enterprise, never rows."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy

from visits.attachments.services import files_for_enterprise
from visits.models.problems import State

#: Reports that the portal shows, the newest first.
SHOWN = 20


RECEIVED = gettext_lazy("Received")


AT_WORK = gettext_lazy("Being handled")


REPLIED = gettext_lazy("Replied to")


DONE = gettext_lazy("Completed")


#: What the public is told of a state; every other one is being handled.
PUBLIC_WORDS = {
    State.REGISTERED: RECEIVED,
    State.ACCEPTED: RECEIVED,
    State.RETURNED: RECEIVED,
    State.FOLLOW_UP: REPLIED,
    State.UNCONFIRMED: REPLIED,
    State.CLOSED: DONE,
    State.SOLVED_ON_SPOT: DONE,
    State.WITHDRAWN: gettext_lazy("Withdrawn"),
}


#: The states in which the reply has been approved and is the enterprise's to read.
REPLY_SHOWN = {State.FOLLOW_UP, State.UNCONFIRMED, State.CLOSED}


def reports_of(link) -> Any:
    """The newest reports that came through a link, with their problems and the files that the
    enterprise may see.
    """
    seen = Prefetch(
        "problem__attachments", queryset=files_for_enterprise(), to_attr="files_for_enterprise"
    )
    return (
        link.reports.select_related("problem").prefetch_related(seen).order_by("-at", "-pk")[:SHOWN]
    )


def files_shown(problem) -> list:
    """The files of a problem that the enterprise sees: its own always, those of the police, once
    ready, with the approved reply.
    """
    files = getattr(problem, "files_for_enterprise", None)
    files = files_for_enterprise().filter(problem=problem) if files is None else files
    return [
        file for file in files if file.link_id or (file.is_ready and problem.state in REPLY_SHOWN)
    ]


def file_lines(problem) -> Iterator[dict[str, Any]]:
    """The files that the enterprise sees, as plain values."""
    return map(file_line, files_shown(problem))


def file_line(file) -> dict[str, Any]:
    return {
        "uid": file.uid,
        "name": file.name,
        "size": file.size,
        "own": bool(file.link_id),
        "state": file.state,
        "sentence": file.why_refused,
        "look": look_address(file.uid),
    }


def look_address(uid) -> str:
    """What a page of the portal asks how the check of a file goes."""
    return f"?look={uid}"


def report_lines(link) -> Iterator[dict[str, Any]]:
    """The reports that came through this link, as the enterprise worded them, with how they stand."""
    for report in reports_of(link):
        state = report.problem.state
        yield {
            "title": report.title,
            "at": report.at,
            "state": PUBLIC_WORDS.get(state, AT_WORK),
            "done": state in State.ENDED,
            "reply": report.problem.reply if state in REPLY_SHOWN else "",
            "files": list(file_lines(report.problem)),
        }
