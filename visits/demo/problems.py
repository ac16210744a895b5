"""The problems that the enterprises bring forward, and how far each has come by today."""

import datetime
from typing import Any

from crm.calendar import WorkingCalendar
from crm.db.bulk import Table
from visits.demo import grievances
from visits.demo.chance import Chance, Wheel
from visits.demo.trades import TRADES
from visits.demo.travel import Steps, standing
from visits.models import Problem, ProblemCategory
from visits.models.limits import DEFAULTS
from visits.problems.clocks import end_of

ON_THE_SPOT = 0.3
State = Problem.State
#: Where an open matter stands, by the share of its time that has passed.
_EARLY = (State.REGISTERED, State.REGISTERED, State.ACCEPTED, State.ASSIGNED)
_MIDDLE = (State.ACCEPTED, State.ASSIGNED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.IN_PROGRESS)
_LATE = (
    State.IN_PROGRESS,
    State.IN_PROGRESS,
    State.IN_PROGRESS,
    State.ANSWERED,
    State.UNDER_REVIEW,
    State.FOLLOW_UP,
)


class Problems:
    """Makes the problems of visits and writes them."""

    def __init__(self, city) -> None:
        self.city, self.chance, self.table = city, Chance("problems"), Table(Problem)
        self.calendar, self._days, self._ends = WorkingCalendar(), {}, {}
        self.steps, self.way = Steps(city.today), Chance("travel")
        self.yesterday = city.today - datetime.timedelta(days=1)
        children = {}
        rows = ProblemCategory.objects.filter(
            parent__isnull=False, name__in=grievances.TITLES
        ).order_by("code")
        for key, name, parent, police in rows.values_list(
            "pk", "name", "parent__code", "is_police_matter"
        ):
            children.setdefault(parent, []).append((key, name, police))
        self.levels = Wheel(
            [(code, weight) for code, weight in grievances.WEIGHTS.items() if code in children]
        )
        self.children = children

    def close(self) -> None:
        """Write what waits."""
        self.table.close()
        self.steps.table.close()

    def after(self, day, count) -> Any:
        """The day ``count`` working days after ``day``.

        Asked for the same few days again and again.
        """
        found = self._days.get((day, count))
        if found is None:
            found = self._days[day, count] = self.calendar.add_working_days(day, count)
        return found

    def bring_forward(self, *, visit, enterprise, officer, unit, day, moment) -> None:
        """Write one problem that came up in a visit (its key) on ``day``.

        ``moment`` is when it was entered.
        """
        chance = self.chance
        level = self.levels.pick(chance)
        category, name, is_police_matter = chance.pick(self.children[level])
        urgency = self._urgency(level)
        due_on = self.after(day, DEFAULTS[urgency])
        state, ended_on = self._progress(day, due_on, level)
        due_at = self._end_of(due_on)
        where = standing(self.way, state, officer, unit, moment, due_at, ended_on)
        title, description = self._text(enterprise, name)
        key = self.table.add(
            uid=chance.uid(),
            created_at=moment,
            updated_at=moment,
            created_by_id=officer.key,
            enterprise_id=enterprise.key,
            visit_id=visit,
            officer_id=officer.key,
            unit_id=unit.key,
            title=title,
            description=description,
            category_id=category,
            urgency=urgency,
            is_police_matter=is_police_matter,
            state=state,
            reported_on=day,
            due_on=due_on,
            ended_on=ended_on,
            **where,
        )
        self.steps.write(
            key,
            state=state,
            proof=where["proof"],
            officer=officer,
            unit=unit,
            moment=moment,
            due_at=due_at,
            ended_on=ended_on,
        )

    def _end_of(self, day) -> Any:
        found = self._ends.get(day)
        if found is None:
            found = self._ends[day] = end_of(day)
        return found

    def _urgency(self, level) -> str:
        drawn = self.chance.random()
        if level in grievances.ASKED:
            return "advice" if drawn < 0.7 else "normal"
        if level in grievances.HEAVY:
            return "urgent" if drawn < 0.15 else "complex" if drawn < 0.6 else "normal"
        return (
            "urgent"
            if drawn < 0.06
            else "advice"
            if drawn < 0.2
            else "complex"
            if drawn < 0.28
            else "normal"
        )

    def _progress(self, day, due_on, level):
        """``(state, ended on)``: most old matters are closed, some late.

        A few have lain open past their day.
        """
        chance = self.chance
        if chance.happens(ON_THE_SPOT if level not in grievances.HEAVY else 0.08):
            return State.SOLVED_ON_SPOT, day
        allowed = (due_on - day).days
        late = chance.happens(0.09)
        took = (
            chance.between(allowed + 1, 2 * allowed + 6)
            if late
            else chance.between((allowed + 1) // 2, allowed)
        )
        ended_on = day + datetime.timedelta(days=took)
        stays_open = chance.happens(0.04 if (self.city.today - day).days < 90 else 0.004)
        if ended_on <= self.yesterday and not stays_open:
            return State.CLOSED, ended_on
        passed = (self.city.today - day).days / max(allowed, 1)
        return chance.pick(_EARLY if passed < 0.3 else _MIDDLE if passed < 0.9 else _LATE), None

    def _text(self, enterprise, name) -> tuple[Any, str]:
        chance = self.chance
        trade = TRADES[enterprise.trade]
        words = {
            "goods": chance.pick(trade.goods),
            "harm": "按期交货" if trade.makes_things else "正常经营",
            "n": chance.between(2, 9),
            "p": chance.between(2, 16) * 5,
        }
        title = chance.pick(grievances.TITLES[name]).format_map(words)
        told = chance.pick(grievances.CONTEXTS).format_map(words)
        return title, f"{title}。{told}{chance.pick(grievances.WISHES)}"
