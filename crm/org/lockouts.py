"""Guessing passwords: how many attempts are let through, and from where.

Within WINDOW a *place* may fail FAILURES times at one account, and at ACCOUNTS different accounts;
at one account all unknown places together may fail ACCOUNT_FAILURES times. A place is a network
address (a /64 of IPv6), or a browser that has logged in to this very account before
(crm.org.devices). Such a browser is counted by itself alone: neither a stranger who knows the
number nor a colleague behind the same address locks it out. Whoever asks from an address from which
the account logged in before passes the account's own limit too, so that guesses from elsewhere do
not keep anybody out.

An attempt is written down, and committed, before it is counted: of any number made side by side no
more get through than one after another. One that is refused is taken out again, so that trying on
while refused prolongs nothing; a success takes out what this place had failed at this account.
"""

import datetime
import ipaddress
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import role_may
from crm.errors import Conflict, NotAllowed
from crm.models import AuditEvent, LoginTry, User
from crm.org.devices import device_of
from crm.writing import context
from crm.writing.audit import audit

WINDOW = datetime.timedelta(minutes=15)
FAILURES = 5
ACCOUNT_FAILURES = 20
#: An address is known to an account for so long after a login.
KNOWN_FOR = datetime.timedelta(days=90)
_DEVICE = "device:"

#: Which limit an attempt met.
HERE, ACCOUNT, ADDRESS = "here", "account", "address"


def tried(request, number, user) -> tuple[LoginTry, str]:
    """Write down an attempt at ``number`` (its account ``user``, or None).

    ``(the attempt, which limit it meets or "")``.

    An attempt that meets a limit is not to be made: its password is not looked at.
    """
    address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    place = _place(request, address, user)
    attempt = LoginTry.objects.create(
        at=timezone.now(), number=number[:80], place=place, address=address[:45]
    )
    if limit := _limit_met(attempt, user, address):
        LoginTry.objects.filter(pk=attempt.pk).delete()
    return attempt, limit


def _limit_met(attempt: LoginTry, user: User | None, address: str) -> str:
    """The limit that an attempt, which was written down, meets; "" for none."""
    counted = _counted(attempt)
    if counted["here"] > FAILURES:
        return HERE
    if attempt.place.startswith(_DEVICE):
        return ""
    if counted["numbers"] > settings.LOGIN_ACCOUNTS_AN_ADDRESS:
        return ADDRESS
    if counted["account"] > ACCOUNT_FAILURES and not _is_known(user, address):
        return ACCOUNT
    return ""


def succeeded(attempt) -> None:
    """Forget what this place had failed at this account."""
    LoginTry.objects.filter(number=attempt.number, place=attempt.place).delete()


def failed(attempt) -> str:
    """Leave the attempt written; HERE when it was the last that this place had, else ""."""
    LoginTry.objects.filter(at__lt=timezone.now() - WINDOW).delete()
    return HERE if _counted(attempt)["here"] >= FAILURES else ""


def note_locked(number, limit) -> None:
    """Write into the audit log that ``limit`` was met, once a WINDOW for each account (an address:
    once in all) and address.
    """
    address = context.current.get().address
    earlier = AuditEvent.objects.filter(
        verb="account.locked", address=address, at__gte=timezone.now() - WINDOW
    )
    earlier = (
        earlier.filter(detail__limit=ADDRESS)
        if limit == ADDRESS
        else earlier.filter(actor_name=number)
    )
    if not earlier.exists():
        audit("account.locked", ok=False, actor_name=number, limit=limit)


def limit_sentence(limit) -> str:
    """What a person reads who met ``limit``."""
    if limit == ADDRESS:
        return _(
            "From your network address too many different accounts failed to log in. Wait 15 minutes and try again, use a computer"
            " on which you have logged in before, or ask the security administrator."
        )
    return _(
        "Too many failed attempts. The account is locked here for 15 minutes; after that try again, or ask the security administrator."
    )


def locked_now() -> list[dict[str, Any]]:
    """What is locked now, the newest first: rows of ``kind`` (a limit), ``number`` or ``address``,
    ``failures``, ``last``.

    A row of kind HERE has both; ``place`` tells one device from another.
    """
    rows = LoginTry.objects.filter(at__gte=timezone.now() - WINDOW).order_by()
    shown = {"failures": Count("pk"), "last": Max("at")}
    here = (
        rows.values("number", "place")
        .annotate(**shown, address=Max("address"))
        .filter(failures__gte=FAILURES)
    )
    strangers = rows.exclude(place__startswith=_DEVICE)
    accounts = strangers.values("number").annotate(**shown).filter(failures__gte=ACCOUNT_FAILURES)
    places = strangers.values("place").annotate(
        **shown, numbers=Count("number", distinct=True), address=Max("address")
    )
    places = places.filter(numbers__gte=settings.LOGIN_ACCOUNTS_AN_ADDRESS)
    found = [
        {"kind": kind, **row}
        for kind, query in ((HERE, here), (ACCOUNT, accounts), (ADDRESS, places))
        for row in query
    ]
    return sorted(found, key=lambda row: row["last"], reverse=True)


def lockout_release(*, police_number="", place="", by) -> None:
    """Let an account (or whoever asks from a place) be tried again at once.

    Conflict when nothing is locked any more.
    """
    if not role_may(by, "role", User):
        raise NotAllowed()
    locked = Q(number=police_number) if police_number else Q(place=place)
    if not LoginTry.objects.filter(locked).delete()[0]:
        raise Conflict(_("This account is not locked any more."))
    user = User.objects.filter(police_number=police_number).first() if police_number else None
    audit("account.release", by=by, target=user, police_number=police_number, place=place)


def lockout_forget(user) -> None:
    """Let an account be tried at once that has another password now: what was guessed before was
    about the old one.
    """
    LoginTry.objects.filter(number=user.police_number).delete()


def _place(request, address, user) -> Any:
    device = device_of(request, user) if request is not None and user is not None else ""
    if device:
        return f"{_DEVICE}{device}"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _counted(attempt) -> dict[str, Any]:
    """How often this place failed at this account, any unknown place at this account, and at how
    many accounts this place failed.
    """
    number, place = Q(number=attempt.number), Q(place=attempt.place)
    return LoginTry.objects.filter(number | place, at__gte=timezone.now() - WINDOW).aggregate(
        here=Count("pk", filter=number & place),
        account=Count("pk", filter=number & ~Q(place__startswith=_DEVICE)),
        numbers=Count("number", distinct=True, filter=place),
    )


def _is_known(user, address) -> bool:
    """Whether this account logged in from this address lately."""
    if user is None or not address:
        return False
    logins = AuditEvent.objects.filter(
        actor=user, verb__in=("account.login", "token.issue"), ok=True
    )
    return logins.filter(address=address, at__gte=timezone.now() - KNOWN_FOR).exists()
