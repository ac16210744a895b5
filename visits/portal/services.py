"""What an enterprise does through the portal: it answers, or it reports.

There is no person: the link is who acts.
"""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import midnight
from crm.errors import Conflict, IdentityConflict, Invalid, Refusal
from crm.models import Unit
from crm.writing.audit import record
from crm.writing.rows import payload_hash, validate
from liaisons.models import Assignment, Officer
from visits.attachments.services import files_take
from visits.models import EnterpriseLink, EnterpriseReport, Feedback, Problem, ProblemCategory
from visits.models.links import Purpose
from visits.models.problem_states import Source
from visits.problems.services import problem_begin, problem_from
from visits.problems.workflow import problem_confirm, problem_dispute

#: The four questions of a follow-up, in the order they are asked.
QUESTIONS = ("was_prompt", "was_polite", "was_explained", "was_solved")


class TooMany(Refusal):
    """The link has reported as much today as one may."""

    status = 429
    code = "too-many"
    sentence = gettext_lazy(
        "So many reports came through this link today that no more are taken. Please call your officer."
    )


def feedback_give(
    *,
    link: EnterpriseLink,
    answer: str,
    remark: str = "",
    rating: int | None = None,
    **questions: bool | None,
) -> Feedback:
    """Take an enterprise's answer through a confirm link: the link is used up, the problem closed
    or redone, all or nothing.

    ``answer`` is Feedback.Answer; a confirmation needs ``rating`` (1–5) and all four QUESTIONS, a
    dispute its reason in ``remark``. Of many at once one wins; Conflict for the others, and where
    the problem waits for no answer.
    """
    feedback = Feedback(
        problem_id=link.problem_id,  # type: ignore[misc]  # a confirm link has one
        link=link,
        answer=answer,
        remark=remark.strip(),
        at=timezone.now(),
    )
    confirms = answer == Feedback.Answer.CONFIRM
    if confirms:
        feedback.rating = rating
        for name in QUESTIONS:
            setattr(feedback, name, questions.get(name))
    else:
        feedback.was_solved = False
    if errors := _lacking(feedback, confirms):
        raise Invalid(errors=errors)
    validate(feedback, exclude={"problem", "link"})
    with transaction.atomic():
        link_use(link, Purpose.CONFIRM, feedback.at)
        feedback.save()
        problem = Problem.objects.get(pk=link.problem_id)
        if confirms:
            problem_confirm(problem=problem, by=None)
        else:
            problem_dispute(problem=problem, by=None, why=feedback.remark)
        record("link.use", by=None, target=link, answer=answer)
    return feedback


def _lacking(feedback: Feedback, confirms: bool) -> dict[str, list[str]]:
    """The errors of what an answer needs and does not have."""
    if not confirms:
        return {} if feedback.remark else {"remark": [_("Say what is not solved.")]}
    errors = {
        name: [_("Please answer this question.")]
        for name in ("rating", *QUESTIONS)
        if getattr(feedback, name) is None
    }
    if feedback.was_solved is False:
        errors["was_solved"] = [_("If it is not solved, use “Not solved” below and say why.")]
    return errors


def link_use(link: EnterpriseLink, purpose: str, at: datetime.datetime) -> None:
    """Note that a link is used, by one conditional UPDATE: of many racers with a confirm link
    exactly one gets past.

    The conditions are on the row's own columns: PostgreSQL looks at them again after it has waited
    for another writer, which it would not do for a subquery. The row stays locked until the
    transaction ends.
    """
    holding = EnterpriseLink.objects.filter(
        pk=link.pk, purpose=purpose, revoked_at__isnull=True, expires_at__gt=at
    )
    if purpose == Purpose.CONFIRM:
        holding = holding.filter(used_at__isnull=True)
    if not holding.update(used_at=at, updated_at=at, version=F("version") + 1):
        raise Conflict()
    link.used_at, link.version = at, link.version + 1


def problem_report(
    *,
    link: EnterpriseLink,
    uid: uuid.UUID,
    title: str,
    description: str = "",
    category: ProblemCategory | None = None,
    files: uuid.UUID | None = None,
) -> tuple[Problem, bool]:
    """Register a problem that an enterprise reports through its link.

    Returns ``(problem, created)``.

    It goes to the officer who leads at the enterprise today, else to whoever issued the link.
    Nobody entered it: ``created_by`` is empty, and its history names the enterprise. The same
    ``uid`` and words make one problem, IdentityConflict with others; ``files`` is as in take_step.
    TooMany beyond settings.LINK_REPORTS_A_DAY.
    """
    words = {"title": title, "description": description}
    digest = payload_hash({**words, "category": category.code if category else ""})
    now = timezone.now()
    with transaction.atomic():
        link_use(link, Purpose.REPORT, now)  # which lets reports through one link in one by one
        if (earlier := _reported_earlier(link, uid, digest)) is not None:
            return earlier, False
        _require_few(link, now)
        problem = _begun(link, {**words, "category": category})
        if files is not None:
            files_take(form_uid=files, target=problem, link=link)
        EnterpriseReport.objects.create(
            link=link, problem=problem, uid=uid, payload_hash=digest, title=problem.title, at=now
        )
        record("problem.register", by=None, target=problem, link=str(link.uid))
    return problem, True


def _reported_earlier(link: EnterpriseLink, uid: uuid.UUID, digest: str) -> Problem | None:
    """The problem that the same form has made; IdentityConflict where it held other words."""
    reports = EnterpriseReport.objects.filter(link=link, uid=uid).select_related("problem")
    earlier = reports.first()
    if earlier is not None and earlier.payload_hash != digest:
        raise IdentityConflict(
            _(
                "This form was sent already with other words. Open the address again to report something else."
            )
        )
    return earlier.problem if earlier else None


def _require_few(link: EnterpriseLink, now: datetime.datetime) -> None:
    """TooMany where the link has reported as much today as one may."""
    today = EnterpriseReport.objects.filter(link=link, at__gte=midnight(timezone.localdate(now)))
    if today.count() >= settings.LINK_REPORTS_A_DAY:
        raise TooMany()


def _begun(link: EnterpriseLink, values: dict[str, Any]) -> Problem:
    """A problem of the link's enterprise begins, with whoever receives it."""
    officer, unit = receiver(link)
    values = values | {"enterprise": link.enterprise, "source": Source.ENTERPRISE}
    return problem_begin(problem_from(values, officer=officer, unit=unit), by=None)


def receiver(link: EnterpriseLink) -> tuple[Officer, Unit]:
    """The officer and the unit that a report through ``link`` goes to."""
    leads = Assignment.objects.current().filter(
        enterprise=link.enterprise_id, part=Assignment.Part.LEAD
    )
    lead = (
        leads.filter(officer__left_on__isnull=True, officer__unit__isnull=False)
        .select_related("officer__unit")
        .first()
    )
    if lead:
        return lead.officer, lead.officer.unit
    return link.created_by.officer, link.unit  # type: ignore[union-attr]  # somebody issued it
