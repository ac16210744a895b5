"""Browsers that have logged in before: a signed cookie tells them from strangers when attempts to
log in are counted.

It opens nothing and names nobody but by the key of the account; it holds until the account's access
is ended.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing

COOKIE = "device"
SALT = "crm.org.devices"
AGE = 180 * 24 * 3600  # seconds
#: Accounts that one browser is remembered for: several colleagues share a computer.
MOST = 10


def device_of(request, user) -> Any:
    """The name of this browser if it has logged in to ``user``'s account before and nothing has
    ended that since; else "".
    """
    held = _held(request)
    return held["device"] if held["accounts"].get(str(user.pk)) == user.access_epoch else ""


def remember_device(request, response, user) -> None:
    """Let the browser be known as one that has logged in to ``user``'s account."""
    held = _held(request)
    others = {key: epoch for key, epoch in held["accounts"].items() if key != str(user.pk)}
    accounts = {str(user.pk): user.access_epoch, **others}
    value = signing.dumps(
        {
            "device": held["device"] or secrets.token_hex(12),
            "accounts": dict(list(accounts.items())[:MOST]),
        },
        salt=SALT,
    )
    response.set_cookie(
        COOKIE, value, max_age=AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def _held(request) -> Any:
    """What the browser's cookie says.

    Of none, a forged or an old one: a browser without a name that nobody used.
    """
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {"device": "", "accounts": {}}
