"""A real Chromium, driven by Playwright, at a telephone's and at a desktop's size."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"telephone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}

#: What HTMX says of a request that the next page cut off; of one that failed it says
#: htmx:responseError or htmx:sendError.
CUT_OFF = ("htmx:sendAbort", "htmx:afterRequest")

# Playwright runs an event loop in this thread; the database is only asked between its calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def chromium():
    """The browser, or a skip where it is missing; with CI set it may not be missing."""
    if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
        pytest.skip("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=SIZES)
def size(request):
    return SIZES[request.param]


@pytest.fixture
def page(chromium, size, live_server):
    """A page of a fresh browser profile.

    A script error or a failed request of ours fails the test.
    """
    context = chromium.new_context(
        viewport=size, locale="zh-CN", accept_downloads=True, has_touch=size["width"] < 500
    )
    page, faults = context.new_page(), []
    watched(page, faults)
    page.faults = faults
    page.base = live_server.url
    yield page
    context.close()
    assert not faults, faults


def watched(page, faults):
    """Write what goes wrong on a page to ``faults``.

    A request that the next page cut off is no fault.
    """
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and not message.text.startswith(CUT_OFF)
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
        ),
    )
    page.on(
        "requestfailed",
        lambda request: (
            faults.append(f"{request.failure} {request.url}")
            if "ABORTED" not in request.failure
            else None
        ),
    )
