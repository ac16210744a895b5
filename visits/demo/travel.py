"""The way that the demonstration's problems have come: who holds them, and the steps of those still
of interest.
"""

import datetime
from typing import Any

from crm.db.bulk import Table
from visits.models import ProblemStep
from visits.models.problems import Proof, State

#: The usual way, each state with the step that leads to it.
WAY = (
    ("register", State.REGISTERED),
    ("accept", State.ACCEPTED),
    ("assign", State.ASSIGNED),
    ("acknowledge", State.ACKNOWLEDGED),
    ("start", State.IN_PROGRESS),
    ("answer", State.ANSWERED),
    ("review", State.UNDER_REVIEW),
    ("approve", State.FOLLOW_UP),
    ("confirm", State.CLOSED),
)
_PLACE = {state: place for place, (_verb, state) in enumerate(WAY)}
#: What the unit's head does; the rest is the officer's.
BY_HEAD = frozenset({"accept", "assign", "review", "approve"})
#: Problems that ended longer ago than so many days come without their steps: nobody opens them in a
#: demonstration.
TOLD_DAYS = 30
#: Of a hundred closed problems so many are closed by the enterprise's word; the others by a later
#: visit.
BY_WORD = 70
RESULTS = (
    "已到现场核实并协调相关单位办理完毕。",
    "已约见双方，问题按约定解决，并留存书面记录。",
    "已指导企业备齐材料，当日办结。",
)
REPLIES = (
    "您反映的问题已办理完毕，如有不同意见请告诉我们。",
    "已为您协调解决，后续由辖区民警继续跟进。",
)


def standing(chance, state, officer, unit, moment, due_at, ended_on) -> dict[str, Any]:
    """The columns that follow from how far a problem has come."""
    handled = state in State.HANDLED
    answered = (
        moment + datetime.timedelta(days=max((ended_on - moment.date()).days - 2, 0))
        if ended_on
        else moment
    )
    proof = Proof.NONE
    if state == State.SOLVED_ON_SPOT:
        proof = Proof.ON_SPOT
    elif state == State.CLOSED:
        proof = Proof.ENTERPRISE if chance.below(100) < BY_WORD else Proof.VISIT
    assigned = _PLACE.get(state, 0) >= _PLACE[State.ASSIGNED]
    told = handled and state != State.SOLVED_ON_SPOT
    return {
        "source": "visit",
        "proof": proof,
        "dispatch_unit_id": unit.key,
        "lead_unit_id": unit.key if assigned else None,
        "handler_id": officer.key if _PLACE.get(state, 0) >= _PLACE[State.ACKNOWLEDGED] else None,
        "assigned_at": moment if assigned else None,
        "due_at": due_at,
        "overdue_from": None if handled else due_at,
        "handled_at": answered if handled else None,
        "follow_up_until": due_at if state == State.FOLLOW_UP else None,
        "result": chance.pick(RESULTS) if told else "",
        "reply": chance.pick(REPLIES) if told else "",
    }


def _at_work(moment, passed) -> Any:
    """``passed`` after ``moment``.

    Between eight and six, for people take steps at work, and never before the step before.
    """
    later = moment + passed
    if not passed or 8 <= later.hour < 18:
        return later
    return (
        later.replace(hour=8, minute=0, second=0)
        if later.hour < 8
        else later.replace(hour=17, minute=59, second=59)
    )


class Steps:
    """Writes the history of problems."""

    def __init__(self, today) -> None:
        self.table, self.today = Table(ProblemStep), today

    def write(self, problem, *, state, proof, officer, unit, moment, due_at, ended_on) -> None:
        """The steps up to ``state``, spread between the report and today or the end."""
        if ended_on is not None and (self.today - ended_on).days > TOLD_DAYS:
            return
        if state == State.SOLVED_ON_SPOT:
            way = [("register", State.SOLVED_ON_SPOT)]
        else:
            way = list(WAY[: _PLACE[state] + 1])
        if proof == Proof.VISIT and state == State.CLOSED:
            way[-1] = ("verify", State.CLOSED)
        last = datetime.datetime.combine(
            ended_on or self.today, datetime.time(8), tzinfo=moment.tzinfo
        )
        pace = max(last - moment, datetime.timedelta(minutes=1)) / max(len(way), 1)
        before = ""
        for position, (verb, reached) in enumerate(way):
            by_enterprise = verb == "confirm"
            person = unit.head if verb in BY_HEAD and unit.head else officer.key
            self.table.add(
                problem_id=problem,
                position=position + 1,
                verb=verb,
                old_state=before,
                new_state=reached,
                at=_at_work(moment, pace * position),
                by_id=None if by_enterprise else person,
                unit_id=None if by_enterprise else unit.key,
                due_at=due_at,
                to_unit_id=unit.key if verb == "assign" else None,
            )
            before = reached
