"""A manager binds an officer to an enterprise or a key project from a day on, and ends it on
another; nothing of it is ever deleted.
"""

import datetime
import html
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import AuditEvent, OutboxEvent
from liaisons.models import Assignment
from tests.cast import record_visit

pytestmark = pytest.mark.django_db

PEOPLE = [
    "li",
    "zhang",
    "sun",
    "wu",
    "he",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
    "system_admin",
    "security_admin",
    "audit_admin",
]


def values(officer, **changes):
    """What a browser sends to bind ``officer`` (an account) as a deputy from today on."""
    return {
        "uid": str(uuid.uuid4()),
        "officer": officer.pk,
        "part": "deputy",
        "starts_on": str(timezone.localdate()),
        **changes,
    }


def address(target, kind="enterprise"):
    return reverse("assignment_create", args=[kind, target.uid])


def end(client, assignment, ends_on, **changes):
    sent = {"ends_on": str(ends_on), "version": assignment.version, **changes}
    return client.post(reverse("assignment_end", args=[assignment.uid]), sent)


def current(enterprise):
    return {
        (a.officer.name, a.part) for a in Assignment.objects.current().filter(enterprise=enterprise)
    }


@pytest.fixture
def lead(cast):
    return Assignment.objects.get(enterprise=cast.hotel)


def test_an_officer_is_assigned_from_the_enterprises_page(cast, as_user):
    client = as_user(cast.head)
    page = client.get(reverse("enterprise_detail", args=[cast.hotel.uid])).content.decode()
    assert f'href="{address(cast.hotel)}"' in page
    form = client.get(address(cast.hotel)).content.decode()
    assert cast.hotel.name in form and f'value="{cast.today}"' in form
    uid = re.search(r'name="uid" value="([^"]+)"', form)[1]
    answer = client.post(address(cast.hotel), values(cast.zhang, uid=uid))
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "enterprise_detail", args=[cast.hotel.uid]
    )
    row = Assignment.objects.get(uid=uid)
    assert (row.officer_id, row.enterprise, row.project, row.part) == (
        cast.zhang.pk,
        cast.hotel,
        None,
        "deputy",
    )
    assert (row.starts_on, row.ends_on, row.created_by) == (cast.today, None, cast.head)
    told = client.get(reverse("enterprise_assignments", args=[cast.hotel.uid])).content.decode()
    assert "小张" in told and "小李" in told
    assert (
        as_user(cast.zhang).get(reverse("my_enterprises")).content.decode().count(cast.hotel.name)
        >= 1
    )
    assert (
        AuditEvent.objects.filter(verb="assignment.create", actor=cast.head, object_uid=uid).count()
        == 1
    )
    assert OutboxEvent.objects.filter(noun="assignment", object_uid=uid).count() == 1


def test_sending_twice_is_once(cast, as_user):
    client, sent = as_user(cast.head), values(cast.zhang)
    first, second = client.post(address(cast.hotel), sent), client.post(address(cast.hotel), sent)
    assert (
        first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    )
    assert Assignment.objects.filter(enterprise=cast.hotel).count() == 2
    assert (
        AuditEvent.objects.filter(verb="assignment.create").count()
        == OutboxEvent.objects.filter(noun="assignment").count()
        == 1
    )


def test_a_lead_sent_twice_ends_the_earlier_lead_once(cast, as_user, lead):
    client, sent = as_user(cast.head), values(cast.zhang, part="lead")
    for _twice in range(2):
        assert client.post(address(cast.hotel), sent).status_code == 302
    lead.refresh_from_db()
    assert (lead.ends_on, lead.version) == (cast.today, 2) and current(cast.hotel) == {
        ("小张", "lead")
    }


def test_the_same_form_with_another_officer_is_refused(cast, as_user):
    client, sent = as_user(cast.head), values(cast.zhang)
    client.post(address(cast.hotel), sent)
    answer = client.post(address(cast.hotel), sent | {"officer": cast.head.pk})
    assert answer.status_code == 409 and "此表单已提交过" in answer.content.decode()
    assert current(cast.hotel) == {("小李", "lead"), ("小张", "deputy")}


def test_another_persons_form_is_no_repetition_of_ones_own(cast, as_user):
    sent = values(cast.zhang)
    as_user(cast.head).post(address(cast.hotel), sent)
    assert as_user(cast.county_manager).post(address(cast.hotel), sent).status_code == 409


def test_a_new_lead_ends_the_earlier_one_on_the_same_day(cast, as_user, lead):
    day = cast.today - datetime.timedelta(days=10)
    assert (
        as_user(cast.head)
        .post(address(cast.hotel), values(cast.zhang, part="lead", starts_on=str(day)))
        .status_code
        == 302
    )
    lead.refresh_from_db()
    assert lead.ends_on == day and current(cast.hotel) == {("小张", "lead")}
    for before, officer in ((day - datetime.timedelta(days=1), "小李"), (day, "小张")):
        assert [
            a.officer.name for a in Assignment.objects.on(before).filter(enterprise=cast.hotel)
        ] == [officer]


@pytest.mark.parametrize("days", [0, 5])
def test_a_lead_before_the_present_one_is_refused_with_the_name(cast, as_user, lead, days):
    day = lead.starts_on - datetime.timedelta(days=days)
    answer = as_user(cast.head).post(
        address(cast.hotel), values(cast.zhang, part="lead", starts_on=str(day))
    )
    assert answer.status_code == 422 and "小李 从该日或之后起担任主办。" in answer.content.decode()
    assert current(cast.hotel) == {("小李", "lead")}


def test_a_deputy_leaves_the_lead_where_it_is(cast, as_user):
    as_user(cast.head).post(address(cast.hotel), values(cast.zhang))
    assert current(cast.hotel) == {("小李", "lead"), ("小张", "deputy")}


def test_an_officer_is_not_bound_twice_to_the_same_enterprise(cast, as_user):
    client = as_user(cast.head)
    answers = [client.post(address(cast.hotel), values(cast.zhang)) for _other_form in range(2)]
    assert [answer.status_code for answer in answers] == [302, 422]
    assert (
        "summary-errors" in answers[1].content.decode()
        and Assignment.objects.filter(officer=cast.zhang.pk, enterprise=cast.hotel).count() == 1
    )


def test_an_assignment_of_days_to_come_is_kept_and_opens_nothing_yet(cast, as_user):
    tomorrow = cast.today + datetime.timedelta(days=1)
    assert (
        as_user(cast.county_manager)
        .post(address(cast.shoes), values(cast.he, starts_on=str(tomorrow)))
        .status_code
        == 302
    )
    assert Assignment.objects.get(officer=cast.he.pk).starts_on == tomorrow
    assert (
        as_user(cast.he).get(reverse("enterprise_detail", args=[cast.shoes.uid])).status_code == 404
    )


def test_an_assignment_opens_an_enterprise_and_its_end_shuts_it(cast, as_user):
    manager, officer = as_user(cast.county_manager), as_user(cast.he)
    page = reverse("enterprise_detail", args=[cast.shoes.uid])
    assert officer.get(page).status_code == 404
    assert (
        manager.post(
            address(cast.shoes),
            values(cast.he, starts_on=str(cast.today - datetime.timedelta(days=3))),
        ).status_code
        == 302
    )
    assert officer.get(page).status_code == 200
    assert end(manager, Assignment.objects.get(officer=cast.he.pk), cast.today).status_code == 302
    assert officer.get(page).status_code == 404


def test_an_officer_is_assigned_to_a_key_project(cast, as_user):
    answer = as_user(cast.head).post(
        address(cast.project, "project"), values(cast.zhang, part="lead")
    )
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "project_detail", args=[cast.project.uid]
    )
    row = Assignment.objects.latest("pk")
    assert (row.project, row.enterprise, row.officer_id) == (cast.project, None, cast.zhang.pk)
    assert Assignment.objects.current().filter(project=cast.project).count() == 2


# Ending


def test_an_assignment_ends_on_a_day_and_is_kept(cast, as_user, lead):
    client = as_user(cast.head)
    form = client.get(reverse("assignment_end", args=[lead.uid])).content.decode()
    assert "小李" in form and cast.hotel.name in form and f'value="{cast.today}"' in form
    answer = end(client, lead, cast.today)
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "enterprise_detail", args=[cast.hotel.uid]
    )
    lead.refresh_from_db()
    assert (lead.ends_on, lead.version) == (cast.today, 2) and not current(cast.hotel)
    assert AuditEvent.objects.get(verb="assignment.end").actor == cast.head
    assert (
        str(cast.today)
        in client.get(reverse("enterprise_assignments", args=[cast.hotel.uid])).content.decode()
    )
    assert cast.hotel.name not in as_user(cast.li).get(reverse("my_enterprises")).content.decode()


def test_what_was_done_meanwhile_is_kept(cast, as_user, lead):
    visit = record_visit(cast, cast.li, cast.hotel)
    end(as_user(cast.head), lead, cast.today)
    assert as_user(cast.li).get(reverse("visit_detail", args=[visit.uid])).status_code == 200


@pytest.mark.parametrize("ends_on", ["start", "before", "", "yesterday", "2026-02-30"])
def test_a_day_on_which_it_cannot_end_is_refused(cast, as_user, lead, ends_on):
    day = {"start": lead.starts_on, "before": lead.starts_on - datetime.timedelta(days=1)}.get(
        ends_on, ends_on
    )
    answer = end(as_user(cast.head), lead, day)
    page = answer.content.decode()
    assert answer.status_code == 422 and "summary-errors" in page
    assert ("分工结束日期必须晚于开始日期。" in page) == (ends_on in {"start", "before"})
    lead.refresh_from_db()
    assert lead.ends_on is None and lead.version == 1


def test_ending_what_somebody_has_just_ended_is_refused(cast, as_user, lead):
    assert end(as_user(cast.county_manager), lead, cast.today).status_code == 302
    answer = end(as_user(cast.head), lead, cast.today - datetime.timedelta(days=5))
    assert answer.status_code == 422 and "他人修改了这条记录" in answer.content.decode()
    lead.refresh_from_db()
    assert (
        lead.ends_on == cast.today and AuditEvent.objects.filter(verb="assignment.end").count() == 1
    )


def test_after_an_end_the_same_officer_may_begin_again(cast, as_user, lead):
    client = as_user(cast.head)
    end(client, lead, cast.today)
    assert client.post(address(cast.hotel), values(cast.li, part="lead")).status_code == 302
    assert Assignment.objects.filter(
        officer=cast.li.pk, enterprise=cast.hotel
    ).count() == 2 and current(cast.hotel) == {("小李", "lead")}


# Who may, whom, and for what


@pytest.mark.parametrize("person", PEOPLE)
def test_the_managers_of_its_unit_assign_and_nobody_else(cast, as_user, person):
    client = as_user(getattr(cast, person))
    status = (
        302
        if person in {"head", "county_manager", "city_manager"}
        else 404
        if person == "other_manager"
        else 403
    )
    assert client.get(address(cast.hotel)).status_code == (200 if status == 302 else status)
    assert client.post(address(cast.hotel), values(cast.zhang)).status_code == status
    assert Assignment.objects.filter(enterprise=cast.hotel).count() == (2 if status == 302 else 1)
    page = client.get(reverse("enterprise_detail", args=[cast.hotel.uid])).content.decode()
    assert (address(cast.hotel) in page) == (status == 302)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_managers_of_its_unit_end_and_nobody_else(cast, as_user, lead, person):
    client = as_user(getattr(cast, person))
    status = (
        302
        if person in {"head", "county_manager", "city_manager"}
        else 404
        if person == "other_manager"
        else 403
    )
    assert client.get(reverse("assignment_end", args=[lead.uid])).status_code == (
        200 if status == 302 else status
    )
    assert end(client, lead, cast.today).status_code == status
    lead.refresh_from_db()
    assert (lead.ends_on is not None) == (status == 302)


@pytest.mark.parametrize("kind", ["enterprise", "project", "visit"])
def test_a_foreign_target_and_a_missing_one_get_the_same_answer(cast, as_user, kind):
    client = as_user(cast.other_manager)
    foreign = {
        "enterprise": cast.semir,
        "project": cast.project,
        "visit": record_visit(cast, cast.li),
    }[kind]
    for method in (client.get, client.post):
        answers = [
            method(reverse("assignment_create", args=[kind, uid]), values(cast.wu))
            for uid in (foreign.uid, uuid.uuid4())
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert all(
            "没有这条记录，或者您无权查看。" in answer.content.decode() for answer in answers
        )
    assert not Assignment.objects.filter(officer=cast.wu.pk).exclude(enterprise=cast.chint).exists()


def test_a_foreign_assignment_and_a_missing_one_get_the_same_answer(cast, as_user, lead):
    client, sent = as_user(cast.other_manager), {"ends_on": str(cast.today), "version": 1}
    answers = [
        client.post(reverse("assignment_end", args=[uid]), sent) for uid in (lead.uid, uuid.uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("没有这条记录，或者您无权查看。" in answer.content.decode() for answer in answers)


def test_a_station_head_ends_nothing_of_the_next_station(cast, as_user):
    row = Assignment.objects.get(enterprise=cast.shoes)
    assert end(as_user(cast.head), row, cast.today).status_code == 404
    assert as_user(cast.head).post(address(cast.shoes), values(cast.li)).status_code == 404


def offered(page):
    select = re.search(r'<select name="officer".*?</select>', page, re.S)[0]
    return {
        html.unescape(name).strip().split()[-1]
        for value, name in re.findall(r'<option value="(\d+)"[^>]*>([^<]+)<', select)
    }


def test_the_officers_of_the_unit_and_of_those_above_it_are_offered(cast, as_user):
    choices = offered(as_user(cast.head).get(address(cast.hotel)).content.decode())
    assert {"小李", "小张", "王所", "钱局", "陈局", "何支队"} <= choices
    assert "老赵" not in choices, "who has left serves nobody any more"
    assert "小吴" not in choices, "an officer of another county's station"


@pytest.mark.parametrize("officer", ["wu", "zhao", "nobody", "text", "empty"])
def test_an_officer_who_cannot_serve_here_is_refused(cast, as_user, officer):
    key = (
        {"nobody": 10**6, "text": "小张", "empty": ""}.get(officer)
        if not hasattr(cast, officer)
        else getattr(cast, officer).pk
    )
    answer = as_user(cast.head).post(address(cast.hotel), values(cast.zhang) | {"officer": key})
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "field-error" in page
        and current(cast.hotel) == {("小李", "lead")}
    )


@pytest.mark.parametrize(
    "wrong", [{"part": "boss"}, {"part": ""}, {"starts_on": ""}, {"starts_on": "tomorrow"}], ids=str
)
def test_what_cannot_be_taken_is_marked_and_the_rest_stays_chosen(cast, as_user, wrong):
    answer = as_user(cast.head).post(address(cast.hotel), values(cast.zhang, **wrong))
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "field-error" in page
        and current(cast.hotel) == {("小李", "lead")}
    )
    assert re.search(rf'<option value="{cast.zhang.pk}" selected', page)


def test_the_list_of_assignments_tells_those_in_force_from_those_that_ended(cast, as_user, lead):
    client = as_user(cast.head)
    end(client, lead, cast.today)

    def listed(**query):
        return [
            (row["cells"][0]["value"], row["cells"][1]["value"])
            for row in client.get(reverse("assignment_list"), query).context["rows"]
        ]

    assert (cast.hotel.name, "小李") in listed() and (cast.hotel.name, "小李") not in listed(
        current="on"
    )
    assert (cast.semir.name, "小张") in listed(current="on", part="deputy") and (
        cast.semir.name,
        "小李",
    ) not in listed(part="deputy")


def test_two_never_lead_at_once_though_the_first_has_an_end(cast, as_user):
    lead = Assignment.objects.get(enterprise=cast.hotel, part="lead")
    Assignment.objects.filter(pk=lead.pk).update(
        starts_on=cast.today - datetime.timedelta(days=9),
        ends_on=cast.today + datetime.timedelta(days=30),
    )
    assert (
        as_user(cast.head).post(address(cast.hotel), values(cast.zhang, part="lead")).status_code
        == 302
    )
    lead.refresh_from_db()
    assert lead.ends_on == cast.today
