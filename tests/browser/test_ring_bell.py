"""The bell in a real browser: it counts anew without reloading, rests while nobody looks, and leads
to what it rang for.
"""

import re

import pytest
from playwright.sync_api import expect

from crm.models import Notice
from tests.browser.test_log_a_visit import log_in, looks_right
from tests.steps import in_hand
from visits.problems import workflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_bell_rings_without_reloading_and_leads_to_the_problem(cast, page):
    log_in(page, cast, cast.li)
    expect(page.locator(".bell-count")).to_have_count(0)
    page.evaluate("window.stayed = true")
    problem = in_hand(cast, "厂区门口早晚高峰停车困难")
    workflow.problem_supervise(problem=problem, by=cast.city_manager, why="久拖不决。")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".bell-count")).to_have_text("1")
    assert page.evaluate("window.stayed")
    box = page.locator("#bell").bounding_box()
    assert box["width"] >= 44 and box["height"] >= 44
    page.click("#bell")
    expect(page.locator("table.rows tbody tr")).to_have_count(1)
    looks_right(page)
    page.click("a.row-link")
    expect(page.locator("h1")).to_have_text(problem.title)
    expect(page.locator(".bell-count")).to_have_count(0)
    assert Notice.objects.get(owner=cast.li).read_at is not None


def test_a_page_that_nobody_looks_at_asks_nothing(cast, page):
    log_in(page, cast, cast.li)
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/bell/" in request.url else None
    )
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })"
    )
    page.evaluate("htmx.trigger('#bell', 'look')")
    page.wait_for_timeout(300)
    assert not asked
    page.evaluate("delete document.hidden")
    page.evaluate("htmx.trigger('#bell', 'look')")
    page.wait_for_timeout(300)
    assert len(asked) == 1


def test_the_calendar_address_is_made_and_revoked(cast, page):
    log_in(page, cast, cast.li)
    page.click(".user-menu summary")
    page.click(".user-menu a[href='/calendar/']")
    page.click("main .sticky-actions button")
    expect(page.locator("#address")).to_have_value(re.compile(r"/calendar/[\w-]{43}\.ics$"))
    looks_right(page)
    page.click("main button[name=revoke]")
    page.click("dialog.ask .btn-primary")
    page.wait_for_url("**/calendar/")
    expect(page.locator("main button[name=revoke]")).to_have_count(0)
    looks_right(page)
