"""An enterprise reports a problem through its own link, and sees how it stands."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.errors import IdentityConflict
from crm.models import AuditEvent, OutboxEvent
from liaisons.models import Assignment, Contact, Officer
from tests.links import CANARY, REPLY, answered_again, followed_up, registered, report_link
from visits.models import EnterpriseReport, Problem
from visits.models.problems import Source, State
from visits.portal.services import TooMany, problem_report
from visits.problems import workflow
from visits.problems.services import problem_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(cast):
    return f"/e/{report_link(cast)[1]}"


def form(**values):
    return {
        "uid": str(uuid.uuid4()),
        "title": "宿舍区多次失窃",
        "description": "上月以来三次。",
        "category": "",
        **values,
    }


def test_a_report_becomes_a_problem_of_the_leading_officer(cast, client, door):
    page = client.get(door)
    assert (
        page.status_code == 200
        and cast.semir.name in page.content.decode()
        and "urgency" not in page.content.decode()
    )
    sent = client.post(door, form(category=str(cast.traffic.pk)))
    assert sent.status_code == 302 and sent["Location"] == f"{door}?sent"
    problem = Problem.objects.get()
    assert (problem.enterprise, problem.officer, problem.unit) == (
        cast.semir,
        cast.li.officer,
        cast.wuma,
    )
    assert (problem.source, problem.state, problem.dispatch_unit) == (
        Source.ENTERPRISE,
        State.REGISTERED,
        cast.wuma,
    )
    assert (problem.created_by, problem.category, problem.urgency) == (None, cast.traffic, "normal")
    assert problem.overdue_from == problem.due_at is not None
    assert [(s.verb, s.by) for s in problem.steps.all()] == [("register", None)]
    assert AuditEvent.objects.get(verb="problem.register").actor is None
    assert OutboxEvent.objects.filter(verb="problem.register", object_uid=problem.uid).count() == 1
    shown = client.get(sent["Location"]).content.decode()
    assert "宿舍区多次失窃" in shown and "notice-success" in shown


def test_officers_see_that_the_enterprise_reported_it(cast, as_user, client, door):
    client.post(door, form())
    page = as_user(cast.li).get(reverse("problem_detail", args=[Problem.objects.get().uid]))
    step = page.context["steps"][0]
    assert page.status_code == 200 and step.by is None and step.who not in {"系统", "the system"}


def test_sent_twice_it_is_one_problem(cast, client, door):
    values = form()
    assert [client.post(door, values).status_code for _time in range(3)] == [302, 302, 302]
    assert Problem.objects.count() == EnterpriseReport.objects.count() == 1
    changed = client.post(door, values | {"title": "另一件事"})
    assert (
        changed.status_code == 409
        and "另一件事" in changed.content.decode()
        and Problem.objects.count() == 1
    )


def test_it_goes_to_the_new_lead_or_to_whoever_issued_the_link(cast, client):
    link, secret = report_link(cast, by=cast.head)
    leads = Assignment.objects.filter(enterprise=cast.semir, part="lead")
    leads.update(ends_on=cast.today)
    client.post(f"/e/{secret}", form())
    assert Problem.objects.get().officer == cast.head.officer
    Problem.objects.get().report.delete()
    Assignment.objects.create(
        officer=cast.sun.officer, enterprise=cast.semir, part="lead", starts_on=cast.today
    )
    newest, _created = problem_report(link=link, uid=uuid.uuid4(), title="再报一件")
    assert (newest.officer, newest.unit) == (cast.sun.officer, cast.nanmen)
    Officer.objects.filter(pk=cast.sun.pk).update(left_on=cast.today)
    newest, _created = problem_report(link=link, uid=uuid.uuid4(), title="又报一件")
    assert newest.officer == cast.head.officer


def test_the_contact_sees_public_words_and_the_approved_reply(cast, client, door):
    client.post(door, form())
    problem = Problem.objects.get()
    # Another problem of the same enterprise, not reported through this link.
    followed_up(cast, title=f"别处来的{CANARY}")
    problem_change(
        row=problem,
        values={"title": CANARY, "description": CANARY},
        version=problem.version,
        by=cast.li,
    )
    words, problem = [], Problem.objects.get(pk=problem.pk)

    def look():
        page = client.get(door)
        assert (
            CANARY not in page.content.decode()
            and "宿舍区多次失窃" in page.content.decode()
            and "小李" not in page.content.decode()
        )
        (line,) = page.context["reports"]
        words.append((str(line["state"]), REPLY in page.content.decode()))

    look()
    workflow.problem_accept(problem=problem, by=cast.head, why=CANARY)
    workflow.problem_assign(problem=problem, by=cast.head, unit=cast.wuma)
    look()
    workflow.problem_acknowledge(problem=problem, by=cast.li)
    workflow.problem_answer(problem=problem, by=cast.li, result=CANARY, reply=REPLY)
    look()
    workflow.problem_review(problem=problem, by=cast.head)
    workflow.problem_approve(problem=problem, by=cast.head)
    look()
    workflow.problem_dispute(problem=problem, by=cast.li, why=CANARY)
    look()
    answered_again(cast, problem)
    workflow.problem_confirm(problem=problem, by=None)
    look()
    assert len({word for word, _told in words}) == 4
    assert [told for _word, told in words] == [False, False, False, True, False, True]


def test_every_state_has_its_public_word(cast, client, door):
    client.post(door, form())
    for state in State:
        Problem.objects.update(state=state)
        assert client.get(door).context["reports"][0]["state"]


def test_other_contacts_and_enterprises_are_not_told(cast, client, door):
    client.post(door, form())
    other = Contact(enterprise=cast.semir, name="王一")
    other.full_clean()
    other.save()
    from visits.portal.links import link_issue

    _link, secret = link_issue(
        uid=uuid.uuid4(), payload={}, by=cast.li, enterprise=cast.semir, contact=other
    )
    registered(cast, title="警官自己登记的")
    page = client.get(f"/e/{secret}")
    assert (
        page.context["reports"] == []
        and "失窃" not in page.content.decode()
        and "警官自己登记的" not in page.content.decode()
    )


def test_reports_a_day_are_limited(cast, client, door, settings):
    settings.LINK_REPORTS_A_DAY = 3
    first = form()
    assert client.post(door, first).status_code == 302
    assert [client.post(door, form()).status_code for _time in range(4)] == [302, 302, 429, 429]
    assert client.post(door, first).status_code == 302  # sent again it is no further one
    assert Problem.objects.count() == 3
    EnterpriseReport.objects.update(at=timezone.now() - datetime.timedelta(days=1))
    assert client.post(door, form()).status_code == 302


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "字" * 121},
        {"description": "字" * 2001},
        {"uid": "x"},
        {"uid": ""},
        {"category": "999999"},
        {"title": "a\x00"},
    ],
)
def test_what_cannot_be_taken_is_said(client, door, changes):
    assert client.post(door, form(**changes)).status_code == 422
    assert not Problem.objects.exists()


def test_the_urgency_and_other_fields_are_not_the_enterprises_to_set(cast, client, door):
    client.post(
        door,
        form(
            urgency="urgent",
            officer=str(cast.wu.pk),
            enterprise=str(cast.chint.uid),
            state="closed",
            reply="x",
        ),
    )
    problem = Problem.objects.get()
    assert (problem.urgency, problem.enterprise, problem.state, problem.reply) == (
        "normal",
        cast.semir,
        State.REGISTERED,
        "",
    )


def test_a_link_to_report_confirms_nothing(cast, client, door):
    from tests.links import SOLVED

    problem = followed_up(cast)
    assert client.post(door, SOLVED).status_code == 422
    assert Problem.objects.get(pk=problem.pk).state == State.FOLLOW_UP


def test_it_ends_when_the_contact_leaves(cast, client, door):
    assert client.get(door).status_code == 200
    Contact.objects.filter(pk=cast.contact.pk).update(left_on=cast.today)
    assert client.get(door).status_code == client.post(door, form()).status_code == 404


def test_the_verb_tells_its_refusals_apart(cast, settings):
    link, _secret = report_link(cast)
    uid = uuid.uuid4()
    problem, created = problem_report(link=link, uid=uid, title="一")
    assert created and problem_report(link=link, uid=uid, title="一") == (problem, False)
    with pytest.raises(IdentityConflict):
        problem_report(link=link, uid=uid, title="二")
    settings.LINK_REPORTS_A_DAY = 1
    with pytest.raises(TooMany):
        problem_report(link=link, uid=uuid.uuid4(), title="三")
