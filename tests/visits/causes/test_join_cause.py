"""Problems are joined as one matter: founded, joined, taken out again, each with who, when and why;
once only.
"""

import uuid

import pytest
from django.urls import reverse

from crm.errors import Conflict, IdentityConflict, Invalid, Missing, NotAllowed
from crm.models import AuditEvent, Job, Notice, OutboxEvent
from tests.causes import found, three_alike
from tests.orders import downloaded, work
from tests.steps import go, register
from visits.causes.joining import cause_join, cause_leave
from visits.causes.services import cause_change, cause_found
from visits.models import CauseMember, CommonCause, Problem
from visits.problems import workflow

pytestmark = pytest.mark.django_db

#: Who may see a cause of 鹿城 that holds a problem of 森马: who founded or leads it, and who sees the
#: problem.
SEE = {"li", "zhang", "head", "county_manager", "city_manager"}
PEOPLE = (
    "li",
    "zhang",
    "sun",
    "wu",
    "he",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
)


def sent(cast, problems, **changes):
    """The form of a new cause as its page sends it."""
    return {
        "uid": str(uuid.uuid4()),
        "title": "门口停车难",
        "description": "",
        "lead_unit": cast.county.pk,
        "lead_number": "0100010",
        "problems": [str(problem.uid) for problem in problems],
        "why": "同一路段。",
        **changes,
    }


def address(problems):
    return f"{reverse('cause_create')}?{'&'.join(f'problem={problem.uid}' for problem in problems)}"


def test_a_manager_founds_one_of_the_problems_that_are_ticked(cast, as_user):
    one, two, three = three_alike(cast)
    client = as_user(cast.county_manager)
    form = client.get(address([one, two, three]))
    assert form.status_code == 200 and form.content.decode().count(" checked") == 3
    assert client.post(address([one, two, three]), sent(cast, [one, two])).status_code == 302
    cause = CommonCause.objects.get()
    assert (cause.member_count, cause.lead_officer, cause.state) == (2, cast.head.officer, "open")
    assert set(cause.members.values_list("problem", flat=True)) == {one.pk, two.pk}
    member = cause.members.first()
    assert (member.joined_by, member.why) == (cast.county_manager, "同一路段。")
    page = client.get(reverse("cause_detail", args=[cause.uid])).content.decode()
    assert one.title in page and cast.hotel.name in page and three.title not in page
    assert (
        reverse("cause_detail", args=[cause.uid])
        in client.get(reverse("problem_cause_panel", args=[one.uid])).content.decode()
    )


def test_the_same_form_sent_twice_founds_one(cast, as_user):
    problems, client = three_alike(cast), as_user(cast.county_manager)
    body = sent(cast, problems)
    assert [client.post(address(problems), body)["Location"] for _time in range(2)] == [
        reverse("cause_detail", args=[body["uid"]])
    ] * 2
    assert CommonCause.objects.count() == 1 and CauseMember.objects.count() == 3
    with pytest.raises(IdentityConflict):
        cause_found(
            uid=body["uid"],
            payload="other",
            values={"title": "另一事", "lead_unit": cast.county},
            by=cast.county_manager,
        )


def test_a_join_leaves_state_and_clock_alone_and_is_written_in_both_histories(cast):
    problems = three_alike(cast)
    before = {p.pk: (p.state, p.due_at, p.overdue_from) for p in problems}
    cause = found(cast, problems, why="同一路段。")
    for problem in Problem.objects.all():
        assert (problem.state, problem.due_at, problem.overdue_from) == before[problem.pk]
        step = problem.steps.get(verb="join_cause")
        assert (step.by, step.old_state, step.new_state, step.position) == (
            cast.county_manager,
            "registered",
            "registered",
            2,
        )
        assert cause.title in step.why and "同一路段。" in step.why
        assert problem.version == 2
    assert [act.verb for act in cause.steps.order_by("pk")] == ["found", "join", "join", "join"]
    assert AuditEvent.objects.filter(verb="commoncause.join", object_uid=cause.uid).count() == 1
    assert OutboxEvent.objects.filter(verb="problem.join_cause").count() == 3


def test_a_problem_belongs_to_one_cause_at_most(cast):
    one, two, _three = three_alike(cast)
    cause, other = found(cast, [one]), found(cast, title="夜间停车")
    with pytest.raises(Conflict) as refusal:
        cause_join(cause=other, problems=[two, one], by=cast.county_manager)
    assert one.title in str(refusal.value)
    with pytest.raises(Conflict):
        cause_join(cause=cause, problems=[one], by=cast.county_manager)
    with pytest.raises(Conflict):
        found(cast, [two, one], title="又一事")
    assert CommonCause.objects.count() == 2 and CauseMember.objects.count() == 1  # all or nothing
    assert CommonCause.objects.get(pk=other.pk).member_count == 0


def test_a_founding_that_lost_a_problem_keeps_what_was_typed(cast, as_user):
    one, two, _three = three_alike(cast)
    client = as_user(cast.county_manager)
    found(cast, [one], by=cast.city_manager)
    answer = client.post(address([one, two]), sent(cast, [one, two], title="打出来的标题"))
    page = answer.content.decode()
    assert (
        answer.status_code == 409
        and "打出来的标题" in page
        and one.title in page
        and CommonCause.objects.count() == 1
    )
    assert client.post(address([one, two]), sent(cast, [two])).status_code == 302


def test_what_has_ended_and_what_is_solved_are_not_joined(cast):
    one, two, three = three_alike(cast)
    cause = found(cast, [one])
    go(cast, two, "withdraw")
    with pytest.raises(Conflict):
        cause_join(cause=cause, problems=[two], by=cast.county_manager)
    CommonCause.objects.filter(pk=cause.pk).update(state="solved")
    with pytest.raises(Conflict):
        cause_join(cause=cause, problems=[three], by=cast.county_manager)
    assert CauseMember.objects.count() == 1


def test_who_dispatches_or_handles_a_problem_joins_it_to_a_cause_that_they_see(cast, as_user):
    one, two, three = three_alike(cast)
    cause = found(cast, [one], lead_officer=None)
    page = reverse("problem_cause", args=[two.uid])
    # Reported it, and neither dispatches nor handles it.
    assert as_user(cast.li).get(page).status_code == 403
    head = as_user(cast.head)
    assert cause.title in head.get(page).content.decode()
    assert head.post(page, {"why": ""}).status_code == 422
    assert head.post(page, {"cause": str(cause.uid), "why": "同一路段。"}).status_code == 302
    assert head.get(page).status_code == 409  # it belongs to one by now
    assert as_user(cast.sun).get(reverse("problem_cause", args=[three.uid])).status_code == 403
    with pytest.raises(NotAllowed):
        cause_join(cause=cause, problems=[three], by=cast.sun)
    with pytest.raises(Missing):
        cause_join(
            cause=cause,
            problems=[register(cast, by=cast.wu, enterprise=cast.chint)],
            by=cast.county_manager,
        )


def test_problems_like_the_cause_are_offered_and_others_are_searched_for(cast, as_user):
    one, two, three = three_alike(cast)
    other = register(cast, title="咨询落户政策")
    cause, client = found(cast, [one]), as_user(cast.head)
    page = reverse("cause_join", args=[cause.uid])
    offered = client.get(page).content.decode()
    # 南门's is out of sight.
    assert two.title in offered and other.title not in offered and three.title not in offered
    assert other.title in client.get(page, {"q": "落户"}).content.decode()
    assert client.post(page, {"why": ""}).status_code == 422
    assert (
        client.post(page, {"problems": [str(two.uid), str(other.uid)], "why": "同一"}).status_code
        == 302
    )
    # Foreign, as if it were not there.
    assert client.post(page, {"problems": [str(three.uid)], "why": ""}).status_code == 422
    assert CommonCause.objects.get(pk=cause.pk).member_count == 3


def test_a_problem_is_taken_out_with_a_reason_and_may_be_joined_again(cast, as_user):
    one, two, _three = three_alike(cast)
    cause, client = found(cast, [one, two]), as_user(cast.county_manager)
    page = reverse("cause_leave", args=[cause.uid, two.uid])
    assert (
        client.get(page).status_code == 200 and client.post(page, {"why": " "}).status_code == 422
    )
    assert client.post(page, {"why": "不是同一路段。"}).status_code == 302
    assert client.post(page, {"why": "再一次。"}).status_code == 404
    two.refresh_from_db()
    assert (
        two.steps.get(verb="leave_cause").why.endswith("不是同一路段。")
        and two.state == "registered"
    )
    assert CommonCause.objects.get(pk=cause.pk).member_count == 1
    with pytest.raises(Conflict):
        cause_leave(cause=cause, problem=two, by=cast.county_manager, why="又一次。")
    cause_join(cause=found(cast, title="另一处停车"), problems=[two], by=cast.county_manager)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_cause_is_seen_by_who_leads_it_and_by_who_sees_one_of_its_problems(cast, as_user, person):
    one, _two, three = three_alike(cast)
    cause, client = found(cast, [one, three], lead_officer=None), as_user(getattr(cast, person))
    page, sees = client.get(reverse("cause_detail", args=[cause.uid])), person in SEE | {"sun"}
    assert page.status_code == (200 if sees else 404)
    assert (cause.title in client.get(reverse("cause_list")).content.decode()) == sees
    assert client.get(reverse("cause_detail", args=[uuid.uuid4()])).status_code == 404
    if not sees:
        return
    mine = person in {"county_manager", "city_manager"}
    text = page.content.decode()
    assert (one.title in text) == (person != "sun") and (three.title in text) == (
        mine or person == "sun"
    )
    assert page.context["others"] == (0 if mine else 1)  # the others are counted and not told


def test_the_filters_tell_nothing_of_problems_out_of_sight(cast, as_user):
    one, _two, _three = three_alike(cast)
    far = register(cast, by=cast.wu, enterprise=cast.chint, title="厂门口停车难")
    cause = found(cast, [one, far], by=cast.city_manager)

    def listed(user, **query):
        return (
            cause.title
            in as_user(user)
            .get(reverse("cause_list"), query)
            .content.decode()
            .split('id="list"')[1]
        )

    assert listed(cast.head, division="330302") and not listed(cast.head, division="330382")
    assert (
        listed(cast.city_manager, division="330382")
        and listed(cast.head, mine="1")
        and listed(cast.head, q="停车难")
    )
    assert (
        listed(cast.head, enterprise=str(cast.semir.uid))
        and listed(cast.head, unit="330302")
        and listed(cast.head, unanswered="1")
    )
    assert (
        as_user(cast.head)
        .get(reverse("cause_list"), {"enterprise": str(cast.chint.uid)})
        .status_code
        == 400
    )


def test_the_figures_of_the_list_are_those_of_the_page(cast, as_user):
    one, _two, _three = three_alike(cast)
    far = register(cast, by=cast.wu, enterprise=cast.chint, title="厂门口停车难")
    for problem in (one, far):
        go(
            cast,
            problem,
            "accept",
            *(() if problem is far else ("assign", "acknowledge", "answer")),
        )
    cause = found(cast, [one, far], by=cast.city_manager)

    def figures(user, **query):
        rows = as_user(user).get(reverse("cause_list"), query).context["rows"]
        return [[row["cells"][place]["value"] for place in (4, 5, 6)] for row in rows]

    assert figures(cast.city_manager) == [[2, 2, 1]] and figures(cast.head) == [[2, 1, 0]]
    assert figures(cast.city_manager, unanswered="1") and not figures(cast.head, unanswered="1")
    page = as_user(cast.head).get(reverse("cause_detail", args=[cause.uid])).content.decode()
    assert "1 / 1" in page and far.title not in page


def test_the_list_of_problems_is_narrowed_to_a_cause(cast, as_user):
    one, two, three = three_alike(cast)
    cause = found(cast, [one, three])
    for user, titles in ((cast.county_manager, {one.title, three.title}), (cast.head, {one.title})):
        rows = as_user(user).get(reverse("problem_list"), {"cause": str(cause.uid)}).context["rows"]
        assert {row["cells"][0]["value"] for row in rows} == titles
    assert (
        as_user(cast.wu).get(reverse("problem_list"), {"cause": str(cause.uid)}).status_code == 400
    )


@pytest.mark.parametrize("person", ["li", "sun", "system_admin", "audit_admin"])
def test_who_answers_for_no_unit_founds_none(cast, as_user, person):
    client = as_user(getattr(cast, person))
    assert (
        client.get(reverse("cause_create")).status_code
        == client.post(reverse("cause_create"), {}).status_code
        == 403
    )
    assert client.get(reverse("cause_proposals")).status_code == 403
    assert client.post(reverse("cause_gather"), {"uid": str(uuid.uuid4())}).status_code == 403


def test_a_cause_is_corrected_by_who_leads_it_and_a_stale_edit_is_refused(cast, as_user):
    cause = found(cast, three_alike(cast)[:1])
    page, body = (
        reverse("cause_change", args=[cause.uid]),
        {"title": "园区停车难", "description": "", "lead_unit": cast.county.pk},
    )
    assert as_user(cast.li).get(page).status_code == 404
    head = as_user(cast.head)
    assert head.post(page, {**body, "version": 1, "lead_number": "0000000"}).status_code == 422
    assert head.post(page, {**body, "version": 1, "lead_number": "0100010"}).status_code == 302
    stale = head.post(page, {**body, "title": "旧标题", "version": 1, "lead_number": ""})
    assert stale.status_code == 412 and "园区停车难" in stale.content.decode()
    cast.nanmen.closed_on = cast.today
    with pytest.raises(Invalid):
        cause_change(row=cause, values={"lead_unit": cast.nanmen}, version=2, by=cast.head)


def test_leaders_and_handlers_are_told_and_never_who_did_it(cast):
    one, two, _three = three_alike(cast)
    workflow.problem_acknowledge(problem=go(cast, one, "accept", "assign"), by=cast.li)
    Notice.objects.all().delete()
    cause = found(cast, [one], lead_officer=cast.he.officer)

    def told(kind):
        return set(Notice.objects.filter(kind=kind).values_list("owner__name", flat=True))

    assert (
        told("cause.led") == {"何支队"}
        and told("cause.joined") == {"小李"}
        and told("cause.grown") == set()
    )
    cause_join(cause=cause, problems=[two], by=cast.head)
    # 王所, whose unit has it, has joined it.
    assert told("cause.grown") == {"何支队"} and told("cause.joined") == {"小李"}
    cause_leave(cause=cause, problem=one, by=cast.county_manager, why="不同。")
    assert told("cause.left") == {"小李"}


def test_problems_chosen_in_the_list_become_the_beginning_of_one(cast, as_user):
    one, two, _three = three_alike(cast)
    client = as_user(cast.head)
    assert reverse("cause_gather") in client.get(reverse("problem_list")).content.decode()
    answer = client.post(reverse("cause_gather"), {"uid": [str(one.uid), str(two.uid), "nonsense"]})
    page = client.get(answer["Location"]).content.decode()
    assert one.title in page and two.title in page
    nothing = client.post(
        reverse("cause_gather"), {"back": reverse("problem_list") + "?open=1"}, follow=True
    )
    assert (
        nothing.request["QUERY_STRING"] == "open=1" and len(list(nothing.context["messages"])) == 1
    )


def test_it_is_found_by_its_words(cast, as_user):
    cause = found(cast, three_alike(cast)[:1], description="涉及信河街沿线")
    assert (
        cause.title in as_user(cast.head).get(reverse("search"), {"q": "信河街"}).content.decode()
    )
    assert (
        cause.title not in as_user(cast.wu).get(reverse("search"), {"q": "信河街"}).content.decode()
    )


def test_the_list_is_exported_with_what_its_columns_count(cast, as_user):
    cause = found(cast, three_alike(cast)[::2])
    job = ordered(as_user(cast.head), "cause_list")
    text = downloaded(as_user(cast.head), job).decode("utf-8-sig")
    (line,) = [line.split(",") for line in text.splitlines() if cause.title in line]
    # Problems; of those that 王所 may see: enterprises, not answered yet.
    assert line[4:7] == [
        "2",
        "1",
        "1",
    ]


def ordered(client, name):
    """The job of an export that was ordered as the page does, and done."""
    assert (
        client.post(
            reverse("export_order", args=[name]), {"query": "", "format": "csv"}
        ).status_code
        == 302
    )
    return work(Job.objects.latest("pk"))


def test_pages_need_no_more_statements_for_many_problems(
    cast, as_user, django_assert_max_num_queries
):
    few = found(cast, [register(cast, title="门口停车难1")])
    many = found(
        cast, [register(cast, title=f"门口停车难{number}") for number in range(12)], title="许多"
    )
    client = as_user(cast.head)
    client.get(reverse("cause_list"))
    for name in ("cause_detail", "cause_join"):
        for cause in (few, many):
            with django_assert_max_num_queries(12):
                assert client.get(reverse(name, args=[cause.uid])).status_code == 200
    problem = [Problem.objects.first().uid]
    for name, arguments in (
        ("cause_list", []),
        ("cause_proposals", []),
        ("problem_detail", problem),
        ("problem_cause_panel", problem),
    ):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(name, args=arguments)).status_code == 200
