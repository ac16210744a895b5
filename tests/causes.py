"""Common causes of the cast, for the tests of what happens to them."""

import uuid

from tests.steps import register
from visits.causes.services import cause_found


def three_alike(cast):
    """Parking problems of three enterprises of 鹿城: two of 五马's, one of 南门's, the first one reported
    first.
    """
    return [
        register(cast, title="厂区门口停车难"),
        register(cast, enterprise=cast.hotel, title="酒店门口停车难"),
        register(cast, by=cast.sun, enterprise=cast.shoes, title="门口停车难，货车进不来"),
    ]


def found(cast, problems=(), by=None, title="门口停车难", **values):
    """A common cause founded by 钱局 (or ``by``), led by 鹿城 and 王所."""
    values = {
        "title": title,
        "lead_unit": cast.county,
        "lead_officer": cast.head.officer,
        **values,
        "problems": list(problems),
    }
    cause, _created = cause_found(
        uid=uuid.uuid4(), payload=title, values=values, by=by or cast.county_manager
    )
    return cause
