"""What a page changes is compared with the row as it was, so that what follows from the change
follows: the limit of a problem, the notice to who leads a cause now.
"""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Notice
from tests.cast import record_visit
from tests.causes import found
from tests.steps import register
from visits.models import Problem
from visits.problems.clocks import due_moment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reported", ["in a visit", "by telephone"])
def test_a_changed_urgency_moves_the_limit(cast, as_user, reported):
    began = timezone.now() - datetime.timedelta(days=3)
    if reported == "in a visit":
        problems = [{"title": "停车难", "urgency": "normal"}]
        record_visit(cast, cast.li, started_at=began, problems=problems)
        problem = Problem.objects.get()
    else:
        problem = register(cast, reported_at=began, source="phone")
    page = reverse("problem_change", args=[problem.uid])
    sent = {"title": problem.title, "urgency": "urgent", "version": problem.version}
    assert as_user(cast.li).post(page, sent).status_code == 302
    problem.refresh_from_db()
    due_at = due_moment(began, "urgent", problem.category)
    assert (problem.urgency, problem.due_at) == ("urgent", due_at)
    assert problem.due_on == timezone.localdate(due_at - datetime.timedelta(microseconds=1))
    assert problem.steps.order_by("-position").first().verb == "change"


def test_who_leads_a_cause_now_is_notified(cast, as_user):
    cause = found(cast)
    Notice.objects.all().delete()
    page = reverse("cause_change", args=[cause.uid])
    sent = {"title": cause.title, "lead_unit": cast.nanmen.pk, "version": cause.version}
    assert cause.lead_unit_id != cast.nanmen.pk
    assert as_user(cast.city_manager).post(page, sent).status_code == 302
    cause.refresh_from_db()
    told = set(Notice.objects.filter(kind="cause.led").values_list("owner__unit", flat=True))
    assert cause.lead_unit_id == cast.nanmen.pk and told


def test_a_refused_correction_leaves_the_pages_row_as_it_is_stored(cast, as_user):
    problem = register(cast, title="门口停车难")
    page = reverse("problem_change", args=[problem.uid])
    sent = {"title": "另一个标题", "urgency": "no such", "version": problem.version}
    answer = as_user(cast.li).post(page, sent)
    assert answer.status_code == 422 and answer.context["object"].title == "门口停车难"
    assert answer.context["form"]["title"].value() == "另一个标题"
