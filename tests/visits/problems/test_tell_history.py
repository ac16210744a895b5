"""The page of a problem tells what its steps asked for, and a step's page what is decided on."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Unit
from tests.steps import ANSWER, answered, assigned, go, in_hand, register
from visits.models.problems import Pause
from visits.problems import workflow
from visits.problems.clocks import day_of
from visits.problems.step_forms import units_by_bureau

pytestmark = pytest.mark.django_db


def page_of(client, problem):
    return client.get(reverse("problem_detail", args=[problem.uid])).content.decode()


def step_page(client, problem, verb):
    return client.get(reverse("problem_step", args=[problem.uid, verb])).content.decode()


def test_the_day_asked_for_stays_in_the_history_when_it_was_refused(cast, as_user):
    problem = in_hand(cast)
    until = problem.due_on + datetime.timedelta(days=3)
    workflow.problem_ask_extension(problem=problem, by=cast.li, until=until, why="须现场勘查。")
    workflow.problem_refuse_extension(problem=problem, by=cast.head, why="期限足够。")
    problem.refresh_from_db()
    assert problem.extension_until is None
    assert _("Extension asked until %(day)s") % {"day": until.isoformat()} in page_of(
        as_user(cast.li), problem
    )


def test_the_reason_of_a_pause_stays_in_the_history_when_the_clock_runs_on(cast, as_user):
    problem = in_hand(cast)
    workflow.problem_pause(problem=problem, by=cast.head, reason=Pause.APPRAISAL, why="已送检。")
    workflow.problem_resume(problem=problem, by=cast.head)
    assert str(Pause.APPRAISAL.label) in page_of(as_user(cast.li), problem)


def test_the_api_tells_the_detail_too(cast, as_user):
    problem = in_hand(cast)
    workflow.problem_pass_outside(
        problem=problem, by=cast.head, body="市市政公用服务中心", why="路灯属市政。"
    )
    steps = as_user(cast.li).get(f"/api/v1/problems/{problem.uid}/steps/").json()["steps"]
    assert [step["detail"] for step in steps if step["detail"]] == ["市市政公用服务中心"] and steps[
        -1
    ]["verb"] == "pass_outside"


def test_a_paused_clock_and_an_undecided_extension_say_who_is_next(cast, as_user):
    problem, li = in_hand(cast), as_user(cast.li)
    workflow.problem_ask_extension(
        problem=problem,
        by=cast.li,
        until=problem.due_on + datetime.timedelta(days=3),
        why="须勘查。",
    )
    sentence = _("Waits for %(unit)s to decide on the extension that was asked for.") % {
        "unit": problem.dispatch_unit.name
    }
    assert sentence in page_of(li, problem)
    workflow.problem_pause(problem=problem, by=cast.head, reason=Pause.COURT, why="已起诉。")
    values = {"reason": Pause.COURT.label, "unit": problem.dispatch_unit.name}
    assert _("The clock is paused (%(reason)s) until %(unit)s lets it run on.") % values in page_of(
        li, problem
    )


def test_who_decides_on_an_extension_reads_what_was_asked_for_and_why(cast, as_user):
    problem = in_hand(cast)
    until = problem.due_on + datetime.timedelta(days=3)
    workflow.problem_ask_extension(
        problem=problem, by=cast.li, until=until, why="须等交警现场勘查。"
    )
    for verb in ("grant_extension", "refuse_extension"):
        page = step_page(as_user(cast.head), problem, verb)
        assert until.isoformat() in page and "须等交警现场勘查。" in page


def test_who_reviews_reads_the_answer_and_who_accepts_the_report(cast, as_user):
    head = as_user(cast.head)
    assert "每天早上都堵。" in step_page(
        head, register(cast, description="每天早上都堵。"), "accept"
    )
    problem = answered(cast)
    for verb in ("review", "approve"):
        page = step_page(head, problem, verb)
        assert problem.result in page and problem.reply in page
        go(cast, problem, verb)


def test_a_helping_unit_reads_the_report_and_its_own_limit(cast, as_user):
    problem = assigned(cast, helpers=[cast.nanmen], description="每天早上都堵。")
    task = problem.tasks.get()
    page = (
        as_user(cast.county_manager)
        .get(reverse("problem_help", args=[problem.uid, task.pk]))
        .content.decode()
    )
    assert day_of(task.due_at).isoformat() in page and "每天早上都堵。" in page


def test_what_a_step_is_taken_on_is_text_and_not_markup(cast, as_user):
    page = step_page(
        as_user(cast.head), register(cast, description="<script>alert(1)</script>"), "accept"
    )
    assert "<script>alert(1)</script>" not in page and "&lt;script&gt;alert(1)" in page


def test_who_verifies_finds_the_way_to_a_new_visit(cast, as_user):
    problem = go(
        cast,
        register(cast),
        "accept",
        "assign",
        "acknowledge",
        "start",
        "answer",
        "review",
        "approve",
    )
    assert ANSWER["reply"] in step_page(as_user(cast.li), problem, "verify")
    assert reverse("visit_create", args=[problem.enterprise.uid]) in step_page(
        as_user(cast.li), problem, "verify"
    )


def test_the_own_bureau_and_in_it_the_own_unit_are_offered_first(cast, as_user):
    problem = go(cast, register(cast), "accept")
    groups = units_by_bureau(problem.dispatch_unit)
    keys = [key for _name, units in groups for key, _label in units]
    assert keys[0] == problem.dispatch_unit_id and sorted(keys) == sorted(
        Unit.objects.values_list("pk", flat=True)
    )
    bureau = problem.dispatch_unit.parent
    assert groups[0][0] == bureau.name and (bureau.pk, bureau.name) in groups[0][1]
    page = step_page(as_user(cast.head), problem, "assign")
    assert re.search(
        rf'<optgroup label="{bureau.name}"><option value="{problem.dispatch_unit_id}"', page
    )


def test_no_unit_that_helps_is_no_filter(cast, as_user):
    page = step_page(as_user(cast.head), go(cast, register(cast), "accept"), "assign")
    assert f"data-pick-shown>{_('None chosen')}<" in page


def test_the_page_of_due_days_is_found_from_the_list_and_from_the_form(cast, as_user):
    li, due = as_user(cast.li), reverse("problem_due")
    for address in (reverse("problem_list"), reverse("problem_create", args=[cast.semir.uid])):
        assert f'href="{due}"' in li.get(address).content.decode()
    assert "<optgroup" in li.get(due).content.decode()
