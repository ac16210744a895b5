"""Handled is not solved: the enterprise disputes through its link, it is redone on the first clock,
a revisit proves it.
"""

import os
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, watched
from tests.browser.test_log_a_visit import log_in, looks_right
from tests.cast import record_visit
from tests.links import REPLY, answered_again, confirm_link, followed_up, fresh, report_link
from visits.models import EnterpriseLink, Problem
from visits.models.problems import Proof, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = re.compile(r"/e/[A-Za-z0-9_-]{32}")


@pytest.fixture
def telephone(chromium, page):
    """The telephone of somebody at the enterprise, who has no account."""
    context = chromium.new_context(viewport=SIZES["telephone"], locale="zh-CN", has_touch=True)
    telephone = context.new_page()
    watched(telephone, page.faults)
    yield telephone
    context.close()


@pytest.fixture
def shot(request):
    """A function that keeps a picture where CRM_SHOTS names a folder."""
    folder = os.environ.get("CRM_SHOTS")

    def shoot(page, name):
        if folder:
            page.screenshot(
                path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True
            )

    return shoot


def detail(page, problem):
    page.goto(f"{page.base}/problems/{problem.uid}/")


def handed_over(page, problem, shot):
    """The officer issues a link on the problem's page; returns the way that the code leads to."""
    detail(page, problem)
    page.click(f"a[href='/problems/{problem.uid}/link/']")
    looks_right(page)
    page.click("main form button[type=submit]")
    expect(page.locator(".slip img")).to_be_visible()
    looks_right(page)
    shot(page, "slip")
    return ADDRESS.search(page.locator(".slip-address").inner_text())[0]


def test_an_enterprise_disputes_and_a_revisit_verifies(cast, page, telephone, shot):
    problem = followed_up(cast)
    due_at = problem.due_at
    log_in(page, cast, cast.li)
    way = handed_over(page, problem, shot)
    dispute(telephone, page.base + way, shot)
    detail(page, problem)
    shot(page, "problem")
    looks_right(page)
    expect(page.locator("main")).to_contain_text("早高峰仍然堵塞")
    problem = fresh(problem)
    assert (problem.state, problem.redone, problem.due_at, problem.overdue_from) == (
        State.IN_PROGRESS,
        1,
        due_at,
        due_at,
    )
    answered_again(cast, problem)
    revisit(cast, page, problem)
    problem = fresh(problem)
    assert (problem.state, problem.proof, problem.due_at) == (State.CLOSED, Proof.VISIT, due_at)
    assert EnterpriseLink.objects.get().used_at is not None


def revisit(cast, page, problem):
    """An officer who called again since the answer says that it is solved."""
    visit = record_visit(cast, cast.li, started_at=timezone.now())
    detail(page, problem)
    page.click(f"a[href='/problems/{problem.uid}/steps/verify/']")
    page.select_option("[name=visit]", str(visit.uid))
    looks_right(page)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/problems/{problem.uid}/")
    expect(page.locator(".timeline").last).to_contain_text(str(visit.held_on))
    looks_right(page)


def dispute(telephone, address, shot):
    """Somebody at the enterprise opens the address, says that nothing is solved, and looks once
    more.
    """
    telephone.goto(address)
    expect(telephone.locator("h1")).to_have_text("厂区门口停车难")
    expect(telephone.locator(".letter-reply")).to_have_text(REPLY)
    shot(telephone, "door")
    looks_right(telephone)
    telephone.click(".is-yes summary")
    looks_right(telephone)
    shot(telephone, "portal-yes")
    telephone.click(".is-no summary")
    telephone.fill("#d_remark", "早高峰仍然堵塞")
    looks_right(telephone)
    shot(telephone, "portal-no")
    telephone.locator(".is-no button[type=submit]").dblclick()
    expect(telephone.locator(".verdict-current")).to_be_visible()
    telephone.reload()
    expect(telephone.locator(".verdict-current")).to_be_visible()
    looks_right(telephone)
    shot(telephone, "answered")


def test_a_contact_reports_on_a_telephone_and_sees_how_it_stands(cast, page, telephone, shot):
    _link, secret = report_link(cast)
    log_in(page, cast, cast.li)
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/")
    expect(page.locator("#links")).to_contain_text("林**")
    looks_right(page)
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/link/")
    looks_right(page)
    telephone.goto(f"{page.base}/e/{secret}")
    looks_right(telephone)
    telephone.fill("[name=title]", "宿舍区多次失窃")
    telephone.fill("[name=description]", "上月以来已有三次，希望增加夜间巡逻。")
    telephone.select_option("[name=category]", str(cast.traffic.pk))
    telephone.locator("main form button[type=submit]").dblclick()
    expect(telephone.locator(".notice-success")).to_be_visible()
    expect(telephone.locator(".letter-reports li")).to_have_count(1)
    looks_right(telephone)
    shot(telephone, "report")
    detail(page, Problem.objects.get())
    looks_right(page)
    expect(page.locator("h1")).to_have_text("宿舍区多次失窃")


def test_it_works_without_javascript(cast, chromium, live_server, shot):
    problem = followed_up(cast)
    _link, secret = confirm_link(cast, problem)
    context = chromium.new_context(
        viewport=SIZES["telephone"], locale="zh-CN", java_script_enabled=False
    )
    telephone = context.new_page()
    telephone.goto(f"{live_server.url}/e/{secret}")
    telephone.click(".is-yes summary")
    telephone.locator(".is-yes button[type=submit]").click()
    expect(telephone.locator(".is-yes .field-error").first).to_be_visible()
    shot(telephone, "portal-errors")
    for name, value in (
        ("rating", "4"),
        ("was_prompt", "yes"),
        ("was_polite", "yes"),
        ("was_explained", "no"),
        ("was_solved", "yes"),
    ):
        telephone.click(f"label:has(input[name={name}][value='{value}'])")
    telephone.locator(".is-yes button[type=submit]").click()
    expect(telephone.locator(".verdict-current")).to_be_visible()
    telephone.goto(f"{live_server.url}/e/{secret}x")
    expect(telephone.locator(".verdict-superseded")).to_be_visible()
    shot(telephone, "refused")
    assert fresh(problem).state == State.CLOSED
    context.close()
