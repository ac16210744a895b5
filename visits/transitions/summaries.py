"""Ordering a summary."""

from django.db.models import Count
from django.utils.translation import gettext as _

from crm.errors import Invalid, Missing, NotAllowed
from crm.jobs import order_job
from crm.models import Job
from crm.records import audit
from crm.scope import role_may
from visits.models import Summary, Visit
from visits.summaries.content import visits_of
from visits.summaries.work import single_words

#: Visits that one order takes.
MOST_VISITS = 2000


def summary_order(*, of, target, by, day_from=None, day_to=None, bundle="pdf"):
    """Order the summary of one visit, or of the visits of a unit, officer or enterprise in a period; returns the job.

    ``of`` is "visit", "unit", "officer" or "enterprise", ``target`` the row (already the asker's to see), ``bundle``
    "pdf" (one file with an index) or "zip" (single files). A single visit whose summary is there and current is not
    made again. Raises Invalid when there are no visits or too many.
    """
    if not role_may(by, "create", Summary):
        raise NotAllowed()
    if of == "visit":
        return _single(target, by)
    params = {"of": of, "from": str(day_from), "to": str(day_to), "target": str(getattr(target, "uid", target.pk))}
    if of == "unit":
        params["path"] = target.path
    count = visits_of(params, by).count()
    if not count:
        raise Invalid(_("There is no visit in this period. Choose another one."))
    if count > MOST_VISITS:
        raise Invalid(
            _("These are %(count)d visits; one order takes %(most)d. Choose a shorter period.") % {"count": count, "most": MOST_VISITS}
        )
    subject = f"{target} {day_from}至{day_to}"
    params |= {"heading": "服务走访纪要汇编", "subject": subject}
    kind = "summary_zip" if bundle == "zip" else "summary"
    return _ordered(kind, by, _("Visit summaries: %(what)s") % {"what": subject}, params)


def _single(visit, by):
    made = (
        Summary.objects.visible_to(by).exclude(sha256="").annotate(count=Count("visits"))
        .filter(count=1, visits__visit=visit, visits__facts_version=visit.facts_version, job__state=Job.State.DONE)
        .select_related("job").first()
    )  # fmt: skip
    if made is not None:
        return made.job
    if not Visit.objects.visible_to(by).filter(pk=visit.pk).exists():
        raise Missing()
    words = single_words(visit)
    return _ordered("summary", by, _("Visit summary: %(what)s") % {"what": words["subject"]}, {"of": "visit", "target": str(visit.uid)} | words)


def _ordered(kind, by, title, params):
    job = order_job(kind, by=by, title=title, params=params)
    audit("summary.order", by=by, target=job, of=params["of"], about=params["target"])
    return job
