"""Files of a problem in a real browser: they go up at once, what is refused is told beside them,
and the enterprise sends some.
"""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_log_a_visit import log_in, looks_right
from tests.links import report_link
from tests.orders import do_waiting
from tests.uploads import PDF
from visits.models import Attachment, Problem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def files(tmp_path):
    """A picture, a document with a long name, and a page that calls itself a document."""
    picture, document, page = (
        tmp_path / name
        for name in ("厂区门口.jpg", f"{'关于厂区门口交通秩序整治的情况说明' * 3}.pdf", "假.pdf")
    )
    Image.new("RGB", (1600, 1200), "green").save(picture)
    document.write_bytes(PDF)
    page.write_bytes(b"<!doctype html>")
    return [picture, document, page]


def test_a_call_is_entered_with_its_files(cast, page, files):
    log_in(page, cast, cast.li)
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/")
    page.click("a[href*='source=phone']")
    page.fill("[name=title]", "厂区门口早晚高峰停车困难")
    page.set_input_files("#files-input", files)
    expect(page.locator(".files .file")).to_have_count(2)
    expect(page.locator(".files .asks")).to_have_count(2)
    expect(page.locator(".files img[src^='blob:']")).to_have_count(1)
    page.locator("[name=shown]").first.check()
    looks_right(page)
    do_waiting()
    expect(page.locator(".files .asks")).to_have_count(0)  # the page asks by itself
    expect(page.locator(".files img[src*='small.jpg']")).to_have_count(1)
    expect(page.locator("[name=shown]").first).to_be_checked()
    expect(page.locator("[data-file-errors] .field-error")).to_have_count(1)
    page.faults[:] = [fault for fault in page.faults if "422" not in fault]  # the refused one
    looks_right(page)
    page.locator(".files .file button").nth(1).click()
    expect(page.locator(".files .file")).to_have_count(1)
    page.click(".sticky-actions button[type=submit]")
    expect(page.locator("h1")).to_have_text("厂区门口早晚高峰停车困难")
    expect(page.locator(".files .file")).to_have_count(1)
    looks_right(page)
    attachment = Attachment.objects.get()
    assert (attachment.problem, attachment.for_enterprise) == (
        Problem.objects.get(source="phone"),
        True,
    )


def test_an_enterprise_sends_files_from_its_telephone(cast, page, files):
    _link, secret = report_link(cast)
    page.goto(f"{page.base}/e/{secret}")
    page.fill("[name=title]", "消防通道被堵")
    page.set_input_files("#files-input", files)
    expect(page.locator("[data-chosen]")).to_contain_text("厂区门口.jpg")
    page.click("form.card button[type=submit]")
    expect(page.locator("[data-file-errors] .field-error")).to_have_count(1)
    page.faults[:] = [fault for fault in page.faults if "422" not in fault]
    expect(page.locator("[name=title]")).to_have_value("消防通道被堵")
    looks_right(page)
    page.locator("[name=drop]").first.check()
    page.click("form.card button[type=submit]")
    expect(page.locator(".letter-reports .file .asks")).to_have_count(1)
    looks_right(page)
    do_waiting()
    expect(page.locator(".letter-reports .file a")).to_have_count(1)
    looks_right(page)
    with page.expect_download() as download:
        page.click(".letter-reports .file a")
    assert download.value.suggested_filename.endswith(".pdf")


def test_what_is_refused_later_is_seen_and_taken_away(cast, page, tmp_path):
    """On a form while one types, on the page of a problem, and in the enterprise's portal."""
    broken = tmp_path / f"{'关于厂区门口交通秩序整治的情况说明' * 3}.docx"
    broken.write_bytes(b"PK" + b"?" * 500)
    log_in(page, cast, cast.li)
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/problems/new/")
    page.fill("[name=title]", "停车难")
    page.set_input_files("#files-input", [broken])
    expect(page.locator(".files .asks")).to_have_count(1)
    do_waiting()
    expect(page.locator(".files .is-refused")).to_contain_text("扩展名不符")
    looks_right(page)
    page.click(".sticky-actions button[type=submit]")
    expect(page.locator("h1")).to_have_text("停车难")
    expect(page.locator(".files .is-refused")).to_have_count(1)
    looks_right(page)
    page.click(".files .is-refused button")
    expect(page.locator(".files .file")).to_have_count(0)
    assert not Attachment.objects.exists()
    _link, secret = report_link(cast)
    page.goto(f"{page.base}/e/{secret}")
    page.fill("[name=title]", "消防通道被堵")
    page.set_input_files("#files-input", [broken])
    page.click("form.card button[type=submit]")
    expect(page.locator(".letter-reports .asks")).to_have_count(1)
    do_waiting()
    expect(page.locator(".letter-reports .is-refused")).to_have_count(1)
    looks_right(page)
    page.click(".letter-reports .is-refused button")
    expect(page.locator(".letter-reports .file")).to_have_count(0)
