"""What is done with an enterprise."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.db.scope import Scope, role_may
from crm.errors import Invalid
from crm.hooks import Hook
from crm.models import Unit, User
from crm.models.classification import divisions_used, industries_changed
from crm.search import index
from crm.text.words import core_name, pinyin
from crm.writing.rows import create_once, edit_version, validate
from liaisons.codes import mended_credit_code
from liaisons.models import Enterprise

class_changed = Hook(
    "enterprise_class_changed",
    "Called with the keys of enterprises whose division or industry may have changed, after it is"
    " written and in that transaction.",
)
kept_along = Hook(
    "kept_along",
    "Models whose rows only accompany an enterprise and go with it: they hold up no taking back.",
)


@divisions_used.add
def divisions_of_enterprises() -> QuerySet[Any]:
    """The keys of the divisions that enterprises lie in."""
    return Enterprise.objects.filter(division__isnull=False).order_by().values("division")


def enterprise_create(
    *, uid: UUID, payload: Mapping[str, Any], values: Mapping[str, Any], by: User
) -> tuple[Enterprise, bool]:
    """Take an enterprise in: ``(enterprise, created)``; it raises what create_once does."""
    mended = _mended(values)
    _require_managed(mended.get("unit"), by)

    def make(**identity: Any) -> Enterprise:
        enterprise = Enterprise(**mended, **identity)
        validate(enterprise)
        enterprise.save()
        enterprise_index(enterprise)
        return enterprise

    return create_once(Enterprise, uid=uid, payload=payload, by=by, make=make)


def enterprise_change(
    *, row: Enterprise, values: Mapping[str, Any], version: int, by: User
) -> Enterprise:
    """Change an enterprise's facts as read in ``version``; returns the fresh row."""
    mended = _mended(values)
    if "unit" in mended:
        _require_unit(row, mended["unit"], by)
    if "name" in mended:
        mended["core_name"] = core_name(mended["name"])
    return edit_version(row, mended, version=version, by=by, also=_follow)


def _require_unit(row: Enterprise, unit: Unit | None, by: User) -> None:
    """Invalid where an enterprise would move to a unit that ``by`` does not manage."""
    if row.unit_id != (unit and unit.pk):
        _require_managed(unit, by)


def _follow(enterprise: Enterprise) -> None:
    enterprise_index(enterprise)
    follow_class([enterprise.pk])


def follow_class(keys: list[int]) -> None:
    """Let all that is kept by division and industry follow the enterprises with these keys: whoever
    changes these calls it.
    """
    for follow in class_changed:
        follow(keys)


@industries_changed.add
def follow_industries(codes: Iterable[str]) -> None:
    """``follow_class`` for all enterprises of these industries, which have come into another
    section.
    """
    enterprises = Enterprise.objects.filter(industry__in=codes).order_by("pk")
    follow_class(list(enterprises.values_list("pk", flat=True)))


def _require_managed(unit: Unit | None, by: User) -> None:
    """An enterprise is given to a unit by whoever manages that unit: nobody hands it to strangers,
    nor out of sight.
    """
    scope = Scope.of(by)
    if not role_may(by, "change", Enterprise) or scope.whole:
        return
    if unit is None or unit.pk not in scope.managed_units:
        sentence = _(
            "Choose a unit that you manage; ask the managers above both units to move it further."
        )
        raise Invalid(errors={"unit": [sentence]})


def enterprise_index(enterprise: Enterprise) -> None:
    """Let the enterprise be found by its name, the name's pinyin and initials, and its code."""
    index.index_entry("enterprise", enterprise.pk, *enterprise_texts(enterprise))


def enterprise_texts(enterprise: Enterprise) -> tuple[str, str, str, str]:
    """What an enterprise can be found by."""
    return texts_of(enterprise.name, enterprise.credit_code)


def texts_of(name: str, credit_code: str | None) -> tuple[str, str, str, str]:
    """What an enterprise of this name and code can be found by."""
    return (name, *pinyin(name), credit_code or "")


def _mended(values: Mapping[str, Any]) -> dict[str, Any]:
    mended = dict(values)
    if "credit_code" in mended:
        mended["credit_code"] = mended_credit_code(mended["credit_code"]) or None
    return mended
