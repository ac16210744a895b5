"""What is done with an enterprise."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.db.scope import Scope, role_may
from crm.errors import Invalid
from crm.hooks import Hook
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


def enterprise_create(*, uid, payload, values, by) -> tuple[Enterprise, bool]:
    """Take an enterprise in.

    Returns ``(enterprise, created)``; see crm.writing.rows.create_once for what it raises.
    """
    values = _mended(values)
    _require_managed(values.get("unit"), by)

    def make(**identity) -> Enterprise:
        enterprise = Enterprise(**values, **identity)
        validate(enterprise)
        enterprise.save()
        enterprise_index(enterprise)
        return enterprise

    return create_once(Enterprise, uid=uid, payload=payload, by=by, make=make)


def enterprise_change(*, row, values, version, by) -> Any:
    """Change an enterprise's facts as read in ``version``; returns the fresh row."""
    values = _mended(values)
    if "unit" in values:
        # Asked of the table: a form has written the new unit into ``row`` already.
        kept = Enterprise.objects.filter(pk=row.pk).values_list("unit", flat=True).first()
        if kept != (values["unit"] and values["unit"].pk):
            _require_managed(values["unit"], by)
    if "name" in values:
        values["core_name"] = core_name(values["name"])

    def also(enterprise) -> None:
        enterprise_index(enterprise)
        follow_class([enterprise.pk])

    return edit_version(row, values, version=version, by=by, also=also)


def follow_class(keys) -> None:
    """Let all that is kept by division and industry follow the enterprises with these keys: whoever
    changes these calls it.
    """
    for follow in class_changed:
        follow(keys)


@industries_changed.add
def follow_industries(codes) -> None:
    """``follow_class`` for all enterprises of these industries, which have come into another
    section.
    """
    follow_class(
        list(
            Enterprise.objects.filter(industry__in=codes)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    )


def _require_managed(unit, by) -> None:
    """An enterprise is given to a unit by whoever manages that unit: nobody hands it to strangers,
    nor out of sight.
    """
    scope = Scope.of(by)
    if (
        role_may(by, "change", Enterprise)
        and not scope.whole
        and (unit is None or unit.pk not in scope.managed_units)
    ):
        raise Invalid(
            errors={
                "unit": [
                    _(
                        "Choose a unit that you manage; ask the managers above both units to move it further."
                    )
                ]
            }
        )


def enterprise_index(enterprise) -> None:
    """Let the enterprise be found by its name, the name's pinyin and initials, and its code."""
    index.index_entry("enterprise", enterprise.pk, *enterprise_texts(enterprise))


def enterprise_texts(enterprise) -> tuple[Any, str, str, Any]:
    """What an enterprise can be found by."""
    return texts_of(enterprise.name, enterprise.credit_code)


def texts_of(name, credit_code) -> tuple[Any, str, str, Any]:
    """What an enterprise of this name and code can be found by."""
    return (name, *pinyin(name), credit_code or "")


def _mended(values) -> dict:
    values = dict(values)
    if "credit_code" in values:
        values["credit_code"] = mended_credit_code(values["credit_code"]) or None
    return values
