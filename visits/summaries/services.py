"""Ordering a summary."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from crm.db.scope import role_may
from crm.errors import IdentityConflict, Invalid, Missing, NotAllowed
from crm.jobs.queue import UNDONE, order_job
from crm.models import Job, User
from crm.writing.audit import audit
from visits.models import Summary, Visit
from visits.summaries.content import chinese_day, content_hash, single_words
from visits.summaries.read import one_with_facts, visits_of

#: Visits that one order takes: as one PDF with an index, which is laid out in one worker's memory,
#: and as a ZIP.
MOST_VISITS = {"pdf": 1000, "zip": 2000}
KINDS = {"pdf": "summary", "zip": "summary_zip"}


def summary_order(
    *,
    of: str,
    target: Any,
    by: User,
    day_from: datetime.date | None = None,
    day_to: datetime.date | None = None,
    bundle: str = "pdf",
    uid: uuid.UUID | None = None,
) -> Job:
    """Order the summary of one visit, or of the visits of a unit, officer or enterprise in a
    period; returns the job.

    ``of`` is "visit", "unit", "officer" or "enterprise", ``target`` the row (already the asker's to
    see), ``bundle`` "pdf" (one file with an index) or "zip" (single files); the same ``uid`` orders
    the same once. A single visit whose summary is there and says the same is not made again. Raises
    NotAllowed, Missing (a visit out of scope), IdentityConflict, and Invalid when there are no
    visits or too many.
    """
    if not role_may(by, "create", Summary):
        raise NotAllowed()
    if of == "visit":
        return _single(target, by, uid)
    params = {
        "of": of,
        "from": str(day_from),
        "to": str(day_to),
        "target": str(getattr(target, "uid", target.pk)),
    }
    if of == "unit":
        params["path"] = target.path
    _check_count(visits_of(params, by).count(), bundle)
    subject = f"{target}（{chinese_day(day_from)}至{chinese_day(day_to)}）"
    params |= {"heading": "服务走访纪要汇编", "subject": subject}
    return _ordered(
        KINDS[bundle], by, _("Visit summaries: %(what)s") % {"what": subject}, params, uid
    )


def _check_count(count: int, bundle: str) -> None:
    most = MOST_VISITS[bundle]
    if not count:
        raise Invalid(_("There is no visit in this period. Choose another one."))
    if count > MOST_VISITS["zip"]:
        sentence = _(
            "These are %(count)d visits; one order takes %(most)d. Choose a shorter period."
        )
        raise Invalid(sentence % {"count": count, "most": MOST_VISITS["zip"]})
    if count > most:
        sentence = _(
            "These are %(count)d visits; one PDF takes %(most)d. Choose a ZIP of single PDFs, or a shorter period."
        )
        raise Invalid(sentence % {"count": count, "most": most})


def _single(visit: Visit, by: User, uid: uuid.UUID | None) -> Job:
    params = {"of": "visit", "target": str(visit.uid)}
    read = one_with_facts(visit.uid, by)
    if read is None:
        raise Missing()
    content, words = content_hash(read), single_words(read)
    mine = Job.objects.visible_to(by)
    made = mine.filter(summary__content=content, state=Job.State.DONE).first()
    if made is not None and (settings.MEDIA_ROOT / made.file).is_file():
        return made
    under_way = mine.filter(kind="summary", state__in=UNDONE, params__content=content).first()
    if under_way is not None:
        return under_way
    title = _("Visit summary: %(what)s") % {"what": words["subject"]}
    return _ordered("summary", by, title, params | words | {"content": content}, uid)


def _ordered(kind: str, by: User, title: str, params: dict[str, Any], uid: uuid.UUID | None) -> Job:
    with transaction.atomic():
        job = order_job(kind, by=by, title=title, params=params, uid=uid)
        if (job.owner_id, job.kind, job.params) != (by.pk, kind, params):
            raise IdentityConflict()
        audit("summary.order", by=by, target=job, of=params["of"], about=params["target"])
    return job
