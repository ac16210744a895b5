"""The main job in a real browser: log in, find, record, take the summary away, verify it."""

import hashlib

import pytest
from playwright.sync_api import expect

from crm.jobs import perform_job
from crm.models import Job
from tests.pictures import jpeg_with_position
from visits.models import Problem, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL = """() => [...document.querySelectorAll('main form button, main .btn, main form input:not([type=hidden]):not([type=checkbox]):not([type=radio]), main form select')]
  .filter((e) => e.offsetParent && !e.closest('.visually-hidden, .problem-line details, .menu') && !e.classList.contains('visually-hidden') && e.getBoundingClientRect().height < 43.5)
  .map((e) => e.outerHTML.slice(0, 120) + ' ' + e.getBoundingClientRect().height)"""


def looks_right(page):
    """Nothing scrolls sideways, and on a telephone everything to tap is large enough."""
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"), page.url
    if page.viewport_size["width"] < 500:
        assert page.evaluate(SMALL) == [], page.url


def log_in(page, cast, user):
    page.goto(page.base)
    page.fill("[name=username]", user.police_number)
    page.fill("[name=password]", cast.password)
    looks_right(page)
    page.click("main form button[type=submit]")


def find(page, words):
    """Type into the search box and return the results."""
    if page.viewport_size["width"] < 500:
        page.click("[data-finder=open]")
    page.locator("#search-box").press_sequentially(words, delay=30)
    results = page.locator("#search-results a")
    expect(results.first).to_be_visible()
    return results


def test_an_officer_logs_a_visit_and_takes_its_summary_away(cast, page, chromium, tmp_path):
    log_in(page, cast, cast.li)
    expect(page.locator("h1")).to_have_text("我的企业")
    looks_right(page)
    find(page, "smfs").filter(has_text="森马").first.click()
    expect(page.locator("h1")).to_have_text("温州森马服饰有限公司")
    expect(page.locator("#contacts")).to_contain_text("林**")
    looks_right(page)
    page.click("text=新建走访")
    page.fill("[name=notes]", "企业反映门口停车难，员工夜间骑车安全。")
    page.click("label:has(input[name=kind][value=door])")
    page.click("label:has(input[name=topics])")
    page.fill("[name=problem-0-title]", "门口停车难")
    page.click("#problem-add")
    page.fill("[name=problem-1-title]", "员工宿舍失窃")
    photo = tmp_path / "门口.jpg"
    photo.write_bytes(jpeg_with_position().read())
    page.set_input_files("#photo-input", str(photo))
    expect(page.locator("#photos figure")).to_have_count(1)
    looks_right(page)
    page.locator("#visit-form button[type=submit]").dblclick()
    expect(page.locator("h1")).to_contain_text("温州森马服饰有限公司")
    page.wait_for_url("**/visits/*-*-*/")
    visit = Visit.objects.get()
    assert Problem.objects.count() == 2 and visit.photos.count() == 1 and visit.topics.count() == 1
    looks_right(page)
    page.click(".page-actions >> text=走访纪要")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/jobs/**")
    perform_job(Job.objects.get().pk)
    with page.expect_download() as download:
        page.click("a[download]")
    looks_right(page)
    file = tmp_path / "纪要.pdf"
    download.value.save_as(file)
    summary = Job.objects.get().summary
    assert file.read_bytes().startswith(b"%PDF") and hashlib.sha256(file.read_bytes()).hexdigest() == summary.sha256
    verify(chromium, page, summary.number, file)


def verify(chromium, page, number, file):
    """Somebody without an account opens the address of the QR code and compares the file."""
    context = chromium.new_context(viewport=page.viewport_size)
    stranger = context.new_page()
    stranger.goto(f"{page.base}/v/{number}")
    expect(stranger.locator(".verdict-current")).to_be_visible()
    stranger.set_input_files("input[type=file]", str(file))
    expect(stranger.locator(".verdict-current")).to_be_visible()
    assert "森马" not in stranger.content()
    context.close()


def test_what_is_typed_without_a_connection_comes_back(cast, page):
    log_in(page, cast, cast.li)
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/visits/new/")
    page.fill("[name=notes]", "第一句。")
    expect(page.locator("#draft-state")).to_contain_text("草稿已保存")
    page.context.set_offline(True)
    page.fill("[name=notes]", "第一句。第二句是断网时写的。")
    expect(page.locator("#draft-state")).to_contain_text("网络已断开")
    page.context.set_offline(False)
    page.faults.clear()  # the browser itself reports the request that could not be sent
    page.goto(f"{page.base}/my/")
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/visits/new/")
    expect(page.locator("[name=notes]")).to_have_value("第一句。第二句是断网时写的。")
    page.click("#visit-form button[type=submit]")
    page.wait_for_url("**/visits/*-*-*/")
    assert Visit.objects.get().notes.startswith("第一句")


def test_the_search_box_is_used_with_the_keyboard_alone(cast, page):
    if page.viewport_size["width"] < 500:
        pytest.skip("a telephone has no keyboard")
    log_in(page, cast, cast.li)
    page.keyboard.press("/")
    page.keyboard.type("senma", delay=30)
    expect(page.locator("#search-results a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("温州森马服饰有限公司")
