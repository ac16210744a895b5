"""Who answers for which enterprise and project, from when to when: the dated assignments."""

import datetime

from crm.db.bulk import Table
from liaisons.models import Assignment, Officer
from visits.demo.chance import Chance
from visits.demo.logins import OFFICER

#: How many enterprises the officer of ``demo_logins`` leads, and which habits they have in turn.
DEMO_COUNT = 12
DEMO_HABITS = ("frequent", "usual", "never", "usual", "lapsed", "usual")
#: The most enterprises that an officer who arrives takes over from colleagues.
HANDED_OVER = 3


class Duties:
    """Assignments as they change hands; the enterprises' ``leads`` and ``deputies`` follow."""

    def __init__(self, city) -> None:
        self.city, self.chance, self.table = city, Chance("duties"), Table(Assignment)

    def begin(self, target, officer, part, starts, ends=None) -> None:
        """Write one assignment; days are ordinals, ``ends`` is the first day without it."""
        day = datetime.date.fromordinal(starts)
        moment = self.city.ago(self.city.today.toordinal() - starts, 9, self.chance.below(60))
        self.table.add(
            uid=self.chance.uid(),
            created_at=moment,
            updated_at=moment,
            officer_id=officer.key,
            part=part,
            starts_on=day,
            ends_on=datetime.date.fromordinal(ends) if ends is not None else None,
            **target,
        )

    def write_history(self, enterprise) -> None:
        """Write the assignments of one enterprise out of its ``leads`` and ``deputies``."""
        target = {"enterprise_id": enterprise.key}
        for place, (starts, officer) in enumerate(enterprise.leads):
            later = enterprise.leads[place + 1 :]
            self.begin(
                target, officer, Assignment.Part.LEAD, starts, later[0][0] if later else None
            )
        for starts, officer in enterprise.deputies:
            self.begin(
                target,
                officer,
                Assignment.Part.DEPUTY,
                starts,
                None if officer.stays else officer.moves_on,
            )


def make_assignments(city) -> int:
    """Assign every enterprise and project, then let leavers and arrivals change it.

    Returns the number written.
    """
    duties = Duties(city)
    serving = {}
    for officer in city.officers:
        if officer.kind == Officer.Kind.OFFICER:
            serving.setdefault(officer.unit.key, []).append(officer)
    for enterprise in city.enterprises:
        _first_lead(duties, enterprise, serving[enterprise.unit.key])
    _give_demo_officer(city, serving[city.demo_station.key])
    _change_hands(duties, serving)
    for enterprise in city.enterprises:
        _deputies(duties, enterprise, serving)
        duties.write_history(enterprise)
    for key, enterprise in city.projects:
        _project_officers(duties, key, enterprise, serving)
    return duties.table.close()


def _first_lead(duties, enterprise, colleagues) -> None:
    chance, today = duties.chance, duties.city.today.toordinal()
    # The head (the first of a station) leads seldom; the officer of the demonstration gets a list
    # of their own.
    place = chance.below(len(colleagues)) or chance.below(len(colleagues))
    starts = today - chance.between(380, 900)
    if chance.happens(0.08) and colleagues[0].stays:
        enterprise.leads.append((starts - chance.between(100, 400), colleagues[0]))
        place = place or 1
    enterprise.leads.append((starts, colleagues[place % len(colleagues)]))


def _give_demo_officer(city, colleagues) -> None:
    """Exactly DEMO_COUNT enterprises for the officer as whom one logs in, some never or long ago
    called on.
    """
    officer = next(other for other in colleagues if other.number == OFFICER)
    stand_in = [other for other in colleagues if other.stays and other is not officer][-1]
    local = [enterprise for enterprise in city.enterprises if enterprise.unit is city.demo_station]
    for number, enterprise in enumerate(local):
        starts, lead = enterprise.leads[-1]
        if number < DEMO_COUNT:
            enterprise.leads = [(starts, officer)]
            enterprise.habit = DEMO_HABITS[number % len(DEMO_HABITS)]
            enterprise.until = (
                city.today.toordinal() - 200 if enterprise.habit == "lapsed" else enterprise.until
            )
        elif lead is officer:
            enterprise.leads[-1] = (starts, stand_in)


def _change_hands(duties, serving) -> None:
    """Go through the year's leavings and moves in order of time."""
    chance, by_lead = duties.chance, {}
    for enterprise in duties.city.enterprises:
        by_lead.setdefault(enterprise.leads[-1][1].key, []).append(enterprise)
    moving = sorted(
        (o for o in duties.city.officers if not o.stays),
        key=lambda officer: (officer.moves_on, officer.key),
    )
    for officer in moving:
        steady = [
            other for other in serving[officer.unit.key] if other.stays and other.number != OFFICER
        ]
        for enterprise in by_lead.pop(officer.key, ()):
            _hand_over(enterprise, officer.moves_on, chance.pick(steady), by_lead)
        if officer.next_unit is not None:
            _welcome(duties, officer, serving[officer.next_unit.key], by_lead)


def _hand_over(enterprise, day, officer, by_lead) -> None:
    enterprise.leads.append((day, officer))
    by_lead.setdefault(officer.key, []).append(enterprise)


def _welcome(duties, newcomer, colleagues, by_lead) -> None:
    """An officer who arrives takes over a few enterprises of one colleague a week later."""
    steady = [other for other in colleagues if other.stays and other.number != OFFICER]
    giver = duties.chance.pick(steady)
    theirs = by_lead.get(giver.key, [])
    day = newcomer.moves_on + 7
    given = [enterprise for enterprise in theirs if enterprise.leads[-1][0] < day][:HANDED_OVER]
    by_lead[giver.key] = [enterprise for enterprise in theirs if enterprise not in given]
    for enterprise in given:
        _hand_over(enterprise, day, newcomer, by_lead)


def _deputies(duties, enterprise, serving) -> None:
    """A quarter have a deputy of the station.

    The largest one of the county's or the city's departments.
    """
    chance, city = duties.chance, duties.city
    leads = {officer.key for _starts, officer in enterprise.leads}
    if enterprise.employees >= 260 and chance.happens(0.5):
        wanted = [
            u
            for u in city.departments
            if u.county == (enterprise.unit.county if chance.happens(0.7) else None)
        ]
        colleagues = [officer for unit in wanted for officer in serving.get(unit.key, ())]
    elif chance.happens(0.25):
        colleagues = [
            officer for officer in serving[enterprise.unit.key] if officer.key not in leads
        ]
    else:
        return
    if colleagues:
        enterprise.deputies.append(
            (city.today.toordinal() - chance.between(380, 700), chance.pick(colleagues))
        )


def _project_officers(duties, key, enterprise, serving) -> None:
    """Two officers a project: a lead of the station, and a deputy of the county's departments or
    the station.
    """
    chance, city = duties.chance, duties.city
    target = {"project_id": key}
    steady = [officer for officer in serving[enterprise.unit.key] if officer.stays]
    departments = [unit.key for unit in city.departments if unit.county == enterprise.unit.county]
    of_county = [officer for unit in departments for officer in serving.get(unit, ())]
    lead = chance.pick(steady)
    others = (
        of_county
        if of_county and chance.happens(0.6)
        else [officer for officer in steady if officer is not lead]
    )
    starts = city.today.toordinal() - chance.between(30, 390)
    if chance.happens(0.1) and len(steady) > 2:
        earlier = chance.pick([officer for officer in steady if officer is not lead])
        duties.begin(
            target, earlier, Assignment.Part.LEAD, starts - chance.between(60, 200), starts
        )
    duties.begin(target, lead, Assignment.Part.LEAD, starts)
    if others:
        duties.begin(target, chance.pick(others), Assignment.Part.DEPUTY, starts)
