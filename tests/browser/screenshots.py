"""The pictures of the README, taken from a running demonstration city.

    python -m tests.browser.screenshots http://127.0.0.1:8000 docs

With Debian's chromium-l10n the browser's own fields (dates, files) are in Chinese too.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, SIZES

PASSWORD = "Wenzhou-Demo-1"


def main(base, folder):
    folder = Path(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        phone = opened(browser, base, "telephone", "033001")
        taken(phone, folder / "home-phone.png")
        phone.click(".entry-do >> nth=0")
        if phone.locator("[name=discard]").count():  # the draft of an earlier run
            phone.click("[name=discard]")
            phone.click("text=新建走访")
        phone.fill(
            "[name=notes]",
            "企业反映近期订单增加，厂区门口早晚高峰停车困难，希望协调划设临时停车位。",
        )
        phone.fill("[name=problem-0-title]", "厂区门口早晚高峰停车困难")
        phone.locator("#draft-state >> text=草稿已保存").wait_for()
        phone.evaluate("window.scrollTo(0, 0)")
        taken(phone, folder / "visit-form-phone.png")
        desktop = opened(browser, base, "desktop", "033001")
        desktop.click(".entry-main >> nth=4")
        desktop.wait_for_load_state("networkidle")
        summary(desktop, base, folder / "summary-page.png")
        manager = opened(browser, base, "desktop", "033004")
        taken(manager, folder / "dashboard-desktop.png")
        browser.close()


def opened(browser, base, size, number):
    """A page of a person who has just logged in."""
    page = browser.new_context(viewport=SIZES[size], locale="zh-CN").new_page()
    page.goto(base)
    page.fill("[name=username]", number)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state("networkidle")
    return page


def taken(page, path):
    """A picture of what is seen, in few colours so that it stays small."""
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(128).save(path, optimize=True)


def summary(page, base, path):
    """The first page of a visit's PDF."""
    page.goto(f"{base}/visits/?has_problems=on")
    page.click("a.row-link >> nth=0")
    page.click(".page-actions >> text=走访纪要")
    page.click("main form button[type=submit]")
    page.wait_for_selector("a[download]", timeout=30_000)
    with page.expect_download() as download, tempfile.TemporaryDirectory() as folder:
        page.click("a[download]")
        pdf = Path(folder) / "summary.pdf"
        download.value.save_as(pdf)
        subprocess.run(
            [
                "pdftoppm",
                "-png",
                "-r",
                "80",
                "-f",
                "1",
                "-l",
                "1",
                "-singlefile",
                pdf,
                pdf.with_suffix(""),
            ],
            check=True,
        )
        Image.open(pdf.with_suffix(".png")).convert("RGB").quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
