"""An officer follows the account: entered with it, posted where it moves, gone when it ends."""

import datetime

from crm.models import Role, Unit, User
from crm.org.accounts import account_changed
from crm.search import index
from crm.text.words import pinyin
from crm.writing.audit import record
from liaisons.models import Officer, Posting

#: Whose account is an officer's: they call on enterprises themselves.
CALLING = frozenset({Role.OFFICER, Role.STATION_HEAD})


@account_changed.add
def officer_follow(*, user: User, day: datetime.date, by: User | None) -> None:
    """Make the officer of an account what the account now says, from ``day`` on.

    Called after each change of one.

    Managers and administrators who never called on anybody get no officer; one who did keeps it,
    with its history.
    """
    officer = Officer.objects.filter(pk=user.pk).first()
    if officer is None:
        if user.role in CALLING and user.is_active and user.unit is not None:
            _enter(user, user.unit, day, by)
    elif not user.is_active or user.role in Role.ADMINISTRATORS:
        _leave(officer, day, by)
    else:
        _post(officer, user, day, by)


def tier_of(unit: Unit) -> Officer.Tier:
    """The tier that a unit belongs to: station, county (a bureau and its departments), or city."""
    if unit.kind == Unit.Kind.STATION:
        return Officer.Tier.STATION
    bureau = unit if unit.is_bureau else unit.parent
    return Officer.Tier.CITY if bureau is None or bureau.level == 0 else Officer.Tier.COUNTY


def officer_index(officer: Officer) -> None:
    """Let the officer be found by name, the name's pinyin and initials, and police number."""
    index.index_entry(
        "officer", officer.pk, officer.name, *pinyin(officer.name), officer.police_number
    )


def _enter(user: User, unit: Unit, day: datetime.date, by: User | None) -> None:
    officer = Officer.objects.create(
        user=user,
        name=user.name,
        police_number=user.police_number,
        unit=unit,
        tier=tier_of(unit),
        created_by=by,
    )
    Posting.objects.create(officer=officer, unit=unit, starts_on=day)
    officer_index(officer)
    record("officer.enter", by=by, target=officer, unit=unit.code)


def _post(officer: Officer, user: User, day: datetime.date, by: User | None) -> None:
    posting = officer.postings.filter(ends_on__isnull=True).first()
    if posting is not None and posting.unit_id == user.unit_id:
        return
    unit = user.unit
    if unit is None:  # who sits nowhere is posted nowhere
        _leave(officer, day, by)
        return
    if posting is not None:
        _end(posting, day)
    last = officer.postings.order_by("-starts_on").first()
    starts_on = max(day, last.ends_on or day) if last else day
    Posting.objects.create(officer=officer, unit=unit, starts_on=starts_on)
    officer.unit, officer.tier, officer.left_on = unit, tier_of(unit), None
    _save(officer)
    record("officer.post", by=by, target=officer, unit=unit.code, day=str(day))


def _leave(officer: Officer, day: datetime.date, by: User | None) -> None:
    posting = officer.postings.filter(ends_on__isnull=True).first()
    if posting is not None:
        _end(posting, day)
    if officer.left_on is None:
        officer.left_on = day
        _save(officer)
        record("officer.leave", by=by, target=officer, day=str(day))


def _end(posting: Posting, day: datetime.date) -> None:
    """End a posting on ``day``; one that began that day or later was a slip and goes."""
    if posting.starts_on >= day:
        posting.delete()
    else:
        posting.ends_on = day
        posting.save(update_fields=["ends_on"])


def _save(officer: Officer) -> None:
    officer.version += 1
    officer.save()
