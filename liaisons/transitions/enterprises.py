"""What is done with an enterprise."""

from crm import search
from crm.transitions import create_once, edit_version, validate
from crm.words import core_name, pinyin
from liaisons.codes import mended_credit_code
from liaisons.models import Enterprise

#: What the rooms above keep by an enterprise's division or industry: each is called with its key when these may have
#: changed, in the transaction of the change (registered at start-up).
reclassified = []


def enterprise_create(*, uid, payload, values, by):
    """Take an enterprise in. Returns ``(enterprise, created)``; see crm.transitions.create_once for what it raises."""
    values = _mended(values)

    def make(**identity):
        enterprise = Enterprise(**values, **identity)
        validate(enterprise)
        enterprise.save()
        enterprise_index(enterprise)
        return enterprise

    return create_once(Enterprise, uid=uid, payload=payload, by=by, make=make)


def enterprise_change(*, row, values, version, by):
    """Change an enterprise's facts as read in ``version``; returns the fresh row."""
    values = _mended(values)
    if "name" in values:
        values["core_name"] = core_name(values["name"])

    def also(enterprise):
        enterprise_index(enterprise)
        for follow in reclassified:
            follow(enterprise.pk)

    return edit_version(row, values, version=version, by=by, also=also)


def enterprise_index(enterprise):
    """Let the enterprise be found by its name, the name's pinyin and initials, and its code."""
    search.index_entry("enterprise", enterprise.pk, *enterprise_texts(enterprise))


def enterprise_texts(enterprise):
    """What an enterprise can be found by."""
    return (enterprise.name, *pinyin(enterprise.name), enterprise.credit_code or "")


def _mended(values):
    values = dict(values)
    if "credit_code" in values:
        values["credit_code"] = mended_credit_code(values["credit_code"]) or None
    return values
