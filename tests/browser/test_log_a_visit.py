"""The main job in a real browser: log in, find, record, take the summary away, verify it."""

import hashlib
import re

import pytest
from playwright.sync_api import expect

from crm.jobs.performing import perform_job
from crm.models import Job
from tests.browser.conftest import watched
from tests.orders import do_waiting
from tests.pictures import jpeg_with_position
from visits.models import Problem, Visit, VisitDraft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VISIT = re.compile(r"/visits/[0-9a-f-]{36}/$")
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
    expect(page.locator("h1")).to_have_text("我的企业")
    page.wait_for_load_state()
    looks_right(page)


def find(page, words):
    """Type into the search box and return the results."""
    if page.viewport_size["width"] < 500:
        page.click("[data-finder=open]")
    page.locator("#search-box").press_sequentially(words, delay=30)
    results = page.locator("#search-results a")
    expect(results.first).to_be_visible()
    return results


def test_a_note_that_is_too_long_is_told_beside_the_draft(cast, page):
    log_in(page, cast, cast.li)
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/visits/new/")
    page.fill("[name=notes]", "长" * 50_000)
    expect(page.locator("#draft-state")).to_contain_text("20000")
    assert [fault for fault in page.faults if "422" not in fault] == []
    page.faults.clear()  # the refusal itself
    page.fill("[name=notes]", "改短了")
    expect(page.locator("#draft-state")).to_contain_text("草稿已保存")


def test_an_officer_logs_a_visit_and_takes_its_summary_away(cast, page, chromium, tmp_path):
    log_in(page, cast, cast.li)
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
    # What was chosen is shown from the telephone itself.
    expect(page.locator("#photos figure.is-checking img")).to_have_count(1)
    looks_right(page)
    do_waiting()
    expect(page.locator("#photos img[src$='small.jpg']")).to_have_count(1)
    looks_right(page)
    page.locator("#visit-form button[type=submit]").dblclick()
    expect(page.locator("h1")).to_contain_text("温州森马服饰有限公司")
    page.wait_for_url(VISIT)
    visit = Visit.objects.get()
    assert Problem.objects.count() == 2 and visit.photos.count() == 1 and visit.topics.count() == 1
    looks_right(page)
    page.click(".page-actions >> text=走访纪要")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/jobs/**")
    perform_job(Job.objects.get(kind="summary").pk)
    with page.expect_download() as download:
        page.click("a[download]")
    looks_right(page)
    file = tmp_path / "纪要.pdf"
    download.value.save_as(file)
    summary = Job.objects.get(kind="summary").summary
    assert (
        file.read_bytes().startswith(b"%PDF")
        and hashlib.sha256(file.read_bytes()).hexdigest() == summary.sha256
    )
    verify(chromium, page, summary.number, file)


def verify(chromium, page, number, file):
    """Somebody without an account opens the address of the QR code and compares the file."""
    context = chromium.new_context(viewport=page.viewport_size, locale="zh-CN")
    stranger = context.new_page()
    watched(stranger, page.faults)
    stranger.goto(f"{page.base}/v/{number}")
    expect(stranger.locator(".verdict-current")).to_contain_text("真实有效")
    looks_right(stranger)
    dropped(stranger, file.read_bytes())
    expect(stranger.locator("text=原件完全一致")).to_be_visible()
    expect(stranger.locator(".verdict-current")).to_be_visible()
    dropped(stranger, file.read_bytes() + b"%")
    expect(stranger.locator(".verdict-unknown")).to_be_visible()
    looks_right(stranger)
    assert "森马" not in stranger.content()
    context.close()


def dropped(page, content):
    """Let a PDF fall on the page, as from a folder."""
    transfer = page.evaluate_handle(
        """(bytes) => { const t = new DataTransfer();
           t.items.add(new File([new Uint8Array(bytes)], "纪要.pdf", { type: "application/pdf" })); return t; }""",
        list(content),
    )
    with page.expect_navigation():
        page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})


def new_visit(page, cast):
    page.goto(f"{page.base}/enterprises/{cast.semir.uid}/visits/new/")


def test_a_picture_that_is_cut_is_told_in_the_form_and_on_the_visits_page(cast, page, tmp_path):
    log_in(page, cast, cast.li)
    new_visit(page, cast)
    photo = tmp_path / f"{'厂区东门外围墙与消防通道现场照片' * 4}.jpg"
    photo.write_bytes(jpeg_with_position().read()[:9000])
    page.set_input_files("#photo-input", str(photo))
    expect(page.locator("#photos .is-checking")).to_have_count(1)
    do_waiting()
    expect(page.locator("#photos .is-refused")).to_contain_text("不完整")
    looks_right(page)
    page.click("#visit-form button[type=submit]")
    page.wait_for_url(VISIT)
    expect(page.locator(".photos .is-refused")).to_contain_text("不完整")
    looks_right(page)
    page.set_input_files(
        "#photo-input",
        {"name": "门口.jpg", "mimeType": "image/jpeg", "buffer": jpeg_with_position().read()},
    )
    expect(page.locator(".photos .is-checking")).to_have_count(1)
    looks_right(page)
    do_waiting()
    expect(page.locator(".photos img[src$='small.jpg']")).to_have_count(1)
    page.click(".photos .is-refused button")
    expect(page.locator(".photos .is-refused")).to_have_count(0)
    assert Visit.objects.get().photos.count() == 1
    looks_right(page)


def test_a_draft_comes_back_after_the_page_was_closed(cast, page):
    log_in(page, cast, cast.li)
    new_visit(page, cast)
    page.fill("[name=notes]", "写到一半。")
    page.fill("[name=problem-0-title]", "门口停车难")
    page.click("#problem-add")
    page.fill("[name=problem-1-title]", "员工宿舍失窃")
    page.click("label:has(input[name=kind][value=phone])")
    expect(page.locator("#draft-state")).to_contain_text("草稿已保存")
    page.goto("about:blank")
    new_visit(page, cast)
    expect(page.locator("[name=notes]")).to_have_value("写到一半。")
    expect(page.locator("[name=problem-0-title]")).to_have_value("门口停车难")
    expect(page.locator("[name=problem-1-title]")).to_have_value("员工宿舍失窃")
    expect(page.locator("input[name=kind][value=phone]")).to_be_checked()
    looks_right(page)


def test_what_is_typed_without_a_connection_comes_back(cast, page):
    log_in(page, cast, cast.li)
    new_visit(page, cast)
    page.fill("[name=notes]", "第一句。")
    expect(page.locator("#draft-state")).to_contain_text("草稿已保存")
    offline(page, "第一句。第二句是断网时写的。")
    new_visit(page, cast)
    expect(page.locator("[name=notes]")).to_have_value("第一句。第二句是断网时写的。")
    page.fill("[name=notes]", "第一句。第二句是断网时写的。第三句。")
    page.click("#visit-form button[type=submit]")
    page.wait_for_url(VISIT)
    assert Visit.objects.get().notes == "第一句。第二句是断网时写的。第三句。"
    new_visit(page, cast)
    expect(page.locator("[name=notes]")).to_have_value("")


def test_what_was_never_seen_by_the_server_comes_back_too(cast, page):
    log_in(page, cast, cast.li)
    new_visit(page, cast)
    page.click("#problem-add")
    page.context.set_offline(True)
    page.fill("[name=problem-1-title]", "员工宿舍失窃")
    offline(page, "进厂后没有信号。")
    new_visit(page, cast)
    expect(page.locator("#draft-state")).to_contain_text("已恢复")
    expect(page.locator("[name=notes]")).to_have_value("进厂后没有信号。")
    expect(page.locator("[name=problem-1-title]")).to_have_value("员工宿舍失窃")
    page.reload()
    expect(page.locator("[name=notes]")).to_have_value("进厂后没有信号。")
    assert VisitDraft.objects.count() == 1


def test_a_refused_form_comes_back_with_everything_in_it(cast, page):
    log_in(page, cast, cast.li)
    new_visit(page, cast)
    page.fill("[name=notes]", "时间写错了。")
    page.fill("[name=problem-0-title]", "门口停车难")
    page.fill("[name=started_at]", "2099-01-01T10:00")
    page.click("#visit-form button[type=submit]")
    expect(page.locator(".summary-errors")).to_contain_text("未来")
    page.wait_for_load_state("networkidle")
    page.faults.clear()  # the browser itself reports the answer 422
    expect(page.locator("[name=notes]")).to_have_value("时间写错了。")
    expect(page.locator("[name=problem-0-title]")).to_have_value("门口停车难")
    expect(page.locator("#draft-state")).not_to_contain_text("已恢复")
    looks_right(page)
    assert not Visit.objects.exists()


def offline(page, notes):
    """Type without a connection, lose the page, and find the connection again."""
    page.context.set_offline(True)
    page.fill("[name=notes]", notes)
    expect(page.locator("#draft-state")).to_contain_text("网络已断开")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.faults.clear()  # the browser itself reports the request that could not be sent


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


def test_a_refused_position_is_told_on_the_page(cast, page):
    log_in(page, cast, cast.li)
    page.context.clear_permissions()
    page.click("[data-nearest]")
    expect(page.locator("#nearest-said")).to_contain_text("未能获取位置")
    looks_right(page)


def small(page, within):
    """What is tapped inside ``within`` and is lower than 44 px."""
    script = """(within) => [...document.querySelectorAll(`${within} :is(a, button)`)].filter((e) => e.offsetParent
      && e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 120) + ' ' + e.getBoundingClientRect().height)"""
    return page.evaluate(script, within)


def test_the_page_of_the_api_speaks_chinese_and_can_be_tapped(cast, page):
    log_in(page, cast, cast.li)
    page.goto(f"{page.base}/api/v1/docs/")
    button = page.locator("#api-docs .btn.authorize")
    expect(button).to_contain_text("登录凭证")
    assert button.evaluate("e => getComputedStyle(e).color") == "rgb(18, 99, 58)"
    page.locator("#api-docs .opblock-tag").first.click()
    page.locator("#api-docs .opblock-summary-control").first.click()
    expect(page.locator("#api-docs .try-out__btn").first).to_have_text("试用")
    if page.viewport_size["width"] < 500:
        assert [found for found in small(page, "#api-docs") if "<button" in found] == []


def test_the_dictionaries_can_be_tapped_on_a_telephone(cast, page):
    page.goto(page.base)
    page.fill("[name=username]", cast.system_admin.police_number)
    page.fill("[name=password]", cast.password)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    page.goto(f"{page.base}/admin/")
    if page.viewport_size["width"] < 500:
        assert [
            found for found in small(page, "#container") if "skip-to-content" not in found
        ] == []
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
