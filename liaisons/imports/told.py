"""The rows of a preview in words: labels and names instead of keys, capital as people write it."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.models import Division, Industry, Unit
from liaisons.imports.columns import FIELDS
from liaisons.imports.values import capital_written
from liaisons.models import Enterprise, ImportRow

NAMED = {"division_id": Division, "industry_id": Industry, "unit_id": Unit}
#: Told with the amount, as one thing.
OF_CAPITAL = ("capital_currency", "capital_text")


def tell_rows(rows, user) -> None:
    """Give each ImportRow of a page ``facts`` (what it holds), ``differences`` (label, old, new)
    and ``choices``.

    ``choices`` are the enterprises that an undecided row may be, with what ``user`` may see of
    them. Four statements at most, whatever the number of rows.
    """
    called, offered = _names_of(rows), _offered(rows, user)
    for row in rows:
        row.facts = _facts(row.values, called)
        row.differences = _differences(row, called)
        row.choices = _choices(row, offered)


def _differences(row: ImportRow, called: dict) -> list[dict]:
    """What a row changes: label, old and new of each field, capital as one."""
    names = [name for name in row.values if name in row.before and name not in OF_CAPITAL]
    found = [
        {
            "label": FIELDS[name.removesuffix("_id")][0],
            "old": _told(name, row.before, called),
            "new": _told(name, row.values, called),
        }
        for name in names
    ]
    if set(row.before) == {"capital_text"}:  # words of a register that are no amount
        old, new = row.before["capital_text"], row.values["capital_text"]
        found.append({"label": FIELDS["capital"][0], "old": old, "new": new})
    return found


def _choices(row: ImportRow, offered: dict[str, list]) -> list[dict]:
    """The enterprises that a row may be, while that is undecided."""
    if row.outcome != ImportRow.Outcome.UNDECIDED:
        return []
    return [
        {"uid": uid, "name": name, "facts": offered.get(uid, [])}
        for uid, name, _likeness in row.candidates
    ]


def _names_of(rows) -> dict:
    """(field, key) → name of the divisions, industries and units that the rows name."""
    called = {}
    for field, model in NAMED.items():
        keys = {
            values[field]
            for row in rows
            for values in (row.values, row.before)
            if values.get(field)
        }
        called |= (
            {(field, row.pk): row.name for row in model.objects.filter(pk__in=keys)} if keys else {}
        )
    return called


def _offered(rows, user) -> dict[str, list]:
    """uid → code, unit and address of the enterprises that the rows may be, as far as they are
    ``user``'s to see.
    """
    wanted = {
        candidate[0]
        for row in rows
        if row.outcome == ImportRow.Outcome.UNDECIDED
        for candidate in row.candidates
    }
    if not wanted:
        return {}
    found = Enterprise.objects.visible_to(user).filter(uid__in=wanted).select_related("unit")
    return {str(enterprise.uid): _place(enterprise) for enterprise in found}


def _place(enterprise: Enterprise) -> list:
    """Its code, and its unit and address where there are any."""
    code = enterprise.credit_code or _("no credit code")
    unit = enterprise.unit and enterprise.unit.name
    return [fact for fact in (code, unit, enterprise.address) if fact]


def _facts(values, called) -> list:
    """What a row holds, as it was understood."""
    named = [_told(name, values, called) for name in NAMED]
    return [
        fact
        for fact in (
            values.get("credit_code"),
            *named,
            _told("capital", values, called),
            values.get("address"),
        )
        if fact
    ]


def _told(name, values, called) -> Any:
    """One value as a person reads it."""
    value = values.get(name)
    if name == "capital":
        amount = Decimal(value) if value else None
        return capital_written(amount, values.get("capital_currency"), values.get("capital_text"))
    if value is None:
        return ""
    if name in NAMED:
        return called.get((name, value), value)
    if name == "status":
        return dict(Enterprise.Status.choices).get(value, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value
