"""Telling people: a notice is written once a person and occasion, and shown to whoever may see what
it is about.

An app adds its kinds (what a notice says) and the models that notices are about. It makes notices
with ``notice_for`` and writes them with ``tell``; called again with the same keys, ``tell`` writes
nothing.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.calendar import WorkingCalendar
from crm.hooks import Hook
from crm.models import Notice, Noun, Role, User

#: Keys that are looked up with one statement.
BATCH = 500
#: The bell counts so far and then says "99+".
MOST_COUNTED = 100
#: Seconds for which a count is kept.
KEPT = 20
#: A quarter of a year, in days: so long before the known calendar ends its administrators are
#: notified.
QUARTER = 92


@dataclass(frozen=True)
class Kind:
    """What notices of one kind say: a lazy label in front of the title, and an icon.

    ``grave`` ones strike the eye.

    ``lasting`` ones are about a state that a sweep reads again and again: as long as they are kept,
    there is one.
    """

    name: str
    label: str | Promise
    icon: str = "bell"
    grave: bool = False
    lasting: bool = False


#: Filled with Kind.
kinds = Hook(
    "notice_kinds", "What a notice can say (crm.notices.services.Kind).", key=attrgetter("name")
)
#: Filled with models.
subjects = Hook(
    "notice_subjects",
    "Models whose rows a notice can be about.",
    key=lambda model: model._meta.model_name,
)


def kind_of(notice: Notice) -> Kind:
    """The kind of a notice; one without a label for a kind that is known no more."""
    return kinds.get(notice.kind) or Kind(notice.kind, "")


def notice_for(
    owner_id: int,
    kind: str,
    title: str,
    path: str,
    *,
    key: str,
    about: Noun | None = None,
    day: datetime.date | None = None,
) -> Notice:
    """An unsaved notice for one person; ``about`` is the row it is about, of a registered noun."""
    noun = "" if about is None else str(about._meta.model_name)
    if kinds.get(kind) is None or noun and subjects.get(noun) is None:
        raise LookupError(
            f"nobody has added notices of kind {kind!r} about {about!r} (manage.py hooks)"
        )
    return Notice(
        owner_id=owner_id,
        kind=kind,
        title=title[:200],
        path=path,
        key=key,
        day=day,
        at=timezone.now(),
        noun=noun,
        object_uid=about.uid if about is not None else None,
    )


def tell(notices: Iterable[Notice]) -> int:
    """Write the notices whose owner has none with the same key yet; returns how many.

    What was said already is looked up first, so that a sweep that finds nothing new writes nothing;
    of two sweeps side by side the unique key lets one write.
    """
    once = list({(notice.key, notice.owner_id): notice for notice in notices}.values())
    return sum(_write_new(once[start : start + BATCH]) for start in range(0, len(once), BATCH))


def _write_new(notices: list[Notice]) -> int:
    """Write those of a batch that are not there yet; returns how many."""
    known = set(
        Notice.objects.filter(key__in={notice.key for notice in notices}).values_list(
            "key", "owner_id"
        )
    )
    new = [notice for notice in notices if (notice.key, notice.owner_id) not in known]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    _forget_counts({notice.owner_id for notice in new})
    return len(new)


def notices_of(user: User) -> QuerySet[Notice]:
    """The notices of ``user`` about what this person may see now: one condition, whatever their
    number.
    """
    condition = Q(noun="")
    for model in subjects:
        noun = model._meta.model_name
        condition |= Q(
            Exists(model.objects.visible_to(user).filter(uid=OuterRef("object_uid"))), noun=noun
        )
    return Notice.objects.visible_to(user).filter(condition)


def unread_count(user: User, *, anew: bool = False) -> int:
    """How many notices ``user`` has not read, counted up to MOST_COUNTED.

    Kept for KEPT seconds unless asked ``anew``.

    Every page shows it, so most pages take the kept number; whoever is notified or reads it forgets
    it at once.
    """
    key = _counted(user.pk)
    count = None if anew else cache.get(key)
    if count is None:
        count = notices_of(user).filter(read_at__isnull=True).order_by()[:MOST_COUNTED].count()
        cache.set(key, count, KEPT)
    return count


def _counted(owner_id: int) -> str:
    return f"unread:{owner_id}"


def _forget_counts(owners: Iterable[int]) -> None:
    transaction.on_commit(lambda: cache.delete_many([_counted(owner) for owner in owners]))


def notices_read(*, by: User, pk: int | None = None, until: datetime.datetime | None = None) -> int:
    """Mark as read one notice of ``by``, or all that are shown and not younger than a moment.

    Returns how many were unread.
    """
    unread = notices_of(by).filter(read_at__isnull=True)
    if pk is not None:
        unread = unread.filter(pk=pk)
    if until is not None:
        unread = unread.filter(at__lte=until)
    count = unread.update(read_at=timezone.now())
    _forget_counts({by.pk})
    return count


def expire_notices() -> int:
    """Delete the notices that were kept for settings.NOTICE_DAYS, those of lasting states for
    settings.LASTING_NOTICE_DAYS.

    Returns how many. A state that lasts even longer is notified anew, which is right by then.
    """
    now, deleted = timezone.now(), 0
    lasting = [kind.name for kind in kinds if kind.lasting]
    old = Q(at__lt=now - datetime.timedelta(days=settings.NOTICE_DAYS)) & ~Q(kind__in=lasting)
    old |= Q(at__lt=now - datetime.timedelta(days=settings.LASTING_NOTICE_DAYS))
    while keys := list(Notice.objects.filter(old).values_list("pk", flat=True)[:BATCH]):
        deleted += Notice.objects.filter(pk__in=keys).delete()[0]
    return deleted


def warn_calendar_end() -> int:
    """Notify the system administrators a quarter of a year ahead that the known calendar ends, once
    for each end.
    """
    known_until, quarter = WorkingCalendar().known_until, datetime.timedelta(days=QUARTER)
    if known_until is not None and timezone.localdate() < known_until - quarter:
        return 0
    path = reverse("admin:crm_calendarday_changelist")
    admins = User.objects.filter(role=Role.SYSTEM_ADMIN, is_active=True)
    title = f"{known_until:%Y}" if known_until else "—"
    return tell(
        notice_for(pk, "calendar.ends", title, path, key=f"calendar:{known_until}", day=known_until)
        for pk in admins.values_list("pk", flat=True)
    )


kinds.add(
    Kind(
        "calendar.ends",
        _("The working-day calendar ends: enter the next year's holidays"),
        "calendar-exclamation",
        grave=True,
        lasting=True,
    ),
)
