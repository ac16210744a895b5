"""Of a row that is changed, a field that the browser did not send stays as it is."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from liaisons.models import Enterprise
from tests.cast import record_visit
from tests.causes import found
from tests.steps import register
from visits.recording.forms import VisitForm

pytestmark = pytest.mark.django_db


def a_visit(cast):
    return record_visit(
        cast,
        cast.li,
        ended_at=timezone.now(),
        project=cast.project,
        contact=cast.contact,
        campaign=cast.campaign,
        next_contact_on=cast.today + datetime.timedelta(days=9),
        outside_code="行政行为码-7",
        latitude="28.000000",
        longitude="120.650000",
    )


def an_enterprise(cast):
    facts = {"founded_on": datetime.date(2001, 5, 1), "capital": 5_000_000, "employees": 12}
    Enterprise.objects.filter(pk=cast.semir.pk).update(**facts)
    return cast.semir


def a_problem(cast):
    return register(cast, category=cast.parking, urgency="urgent", description="早高峰尤其严重。")


#: The page that changes a noun → a row of it with all its fields filled, what is sent, and who sends it.
CHANGES = {
    "visit_change": (a_visit, {"notes": "只改了这一句。"}, "li"),
    "enterprise_change": (an_enterprise, {"address": "鹿城区二号路2号"}, "head"),
    "contact_change": (lambda cast: cast.contact, {"job_title": "总经理"}, "li"),
    "project_change": (lambda cast: cast.project, {"address": "鹿城区二号路2号"}, "city_manager"),
    "problem_change": (a_problem, {"title": "门口停车很难"}, "li"),
    "cause_change": (found, {"title": "园区停车难"}, "county_manager"),
}
#: Fields whose widget says "none" by sending nothing; and what every change counts.
SAID_BY_NOTHING = {"above_scale", "is_main", "version", "updated_at", "facts_version"}


def columns(row):
    """The row's columns as they are stored now, those aside that may differ."""
    now = type(row)._base_manager.get(pk=row.pk)
    return {
        field.attname: getattr(now, field.attname)
        for field in now._meta.concrete_fields
        if field.attname not in SAID_BY_NOTHING
    }


@pytest.mark.parametrize("page", CHANGES)
def test_what_was_not_sent_stays(cast, as_user, page):
    make, sent, person = CHANGES[page]
    row = make(cast)
    row.refresh_from_db()
    before, client = columns(row), as_user(getattr(cast, person))
    answer = client.post(reverse(page, args=[row.uid]), sent | {"version": row.version})
    assert answer.status_code == 302, answer.content.decode()
    assert columns(row) == before | sent


def test_a_field_that_no_template_draws_is_not_emptied(cast, as_user, monkeypatch):
    """As when a name is added to the form and forgotten in the template."""
    visit = a_visit(cast)
    drawn = [name for name in VisitForm._meta.fields if name != "outside_code"]
    sent = {
        name: value
        for name, value in VisitForm(
            instance=visit, user=cast.li, enterprise=visit.enterprise
        ).initial.items()
        if name in drawn and value not in (None, [])
    }
    moment = "%Y-%m-%dT%H:%M"
    sent |= {
        name: timezone.localtime(getattr(visit, name)).strftime(moment)
        for name in ("started_at", "ended_at")
    }
    sent |= {"version": visit.version, "notes": "改过的记录。"}
    page = reverse("visit_change", args=[visit.uid])
    assert as_user(cast.li).post(page, sent).status_code == 302
    visit.refresh_from_db()
    assert (visit.notes, visit.outside_code) == ("改过的记录。", "行政行为码-7")


def test_what_was_sent_empty_is_emptied(cast, as_user):
    visit = a_visit(cast)
    sent = {"version": 1, "outside_code": "", "next_contact_on": "", "contact": ""}
    page = reverse("visit_change", args=[visit.uid])
    assert as_user(cast.li).post(page, sent).status_code == 302
    visit.refresh_from_db()
    assert (visit.outside_code, visit.next_contact_on, visit.contact) == ("", None, None)


def test_a_change_without_its_version_is_stale(cast, as_user):
    """The version that was read is no fact of the row: left out, it is not taken for the newest."""
    visit = a_visit(cast)
    page = reverse("visit_change", args=[visit.uid])
    assert as_user(cast.li).post(page, {"notes": "改"}).status_code == 412
