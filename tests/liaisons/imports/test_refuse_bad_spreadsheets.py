"""What is no list of enterprises is refused with a sentence, quickly, and nothing is written."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from crm.models import Job
from liaisons.imports import reading
from liaisons.imports.parsing import MOST_COLUMNS, MOST_ROWS
from liaisons.imports.services import sweep_imports
from liaisons.imports.sheets import letters
from liaisons.models import Enterprise, ImportBatch
from tests.orders import do_waiting, with_worker
from tests.sheets import upload, workbook

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]


def zip_of(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return file.getvalue()


def with_sheet(end, content):
    """The workbook ``content`` with ``end`` in its sheet where the rows end."""
    body = zipfile.ZipFile(io.BytesIO(content))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in body.namelist():
            part = body.read(name)
            bundle.writestr(
                name, part.replace(b"</sheetData>", end) if name.endswith("sheet1.xml") else part
            )
    return file.getvalue()


def encrypted():
    """The beginning of a password-protected workbook: an OLE container with an encrypted package."""
    return (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + b"\0" * 504
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 2000
    )


def with_cell(address, content="<v>1</v>", mark="c"):
    """A workbook with one row of headings and one more cell at ``address``, with ``content`` or
    only formatted.
    """
    number = "".join(character for character in address if character.isdigit())
    cell = (
        f'<{mark} r="{address}" s="0">{content}</{mark}>'
        if content
        else f'<{mark} r="{address}" s="0"/>'
    )
    return with_sheet(f'<row r="{number}">{cell}</row></sheetData>'.encode(), workbook([]))


def shifted(content):
    """The package with a table of contents that says it begins 64 bytes later than it does: every
    part then seems to lie before the beginning of the file.
    """
    end = content.rindex(b"PK\x05\x06")
    begins = int.from_bytes(content[end + 16 : end + 20], "little") + 64
    return content[: end + 16] + begins.to_bytes(4, "little") + content[end + 20 :]


#: Seen by its first bytes, and said at once.
AT_SIGHT = {
    "text": ("名单.xlsx", lambda: "这不是表格".encode()),
    "picture": ("名单.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "large": ("名单.xlsx", lambda: b"PK" + b"\0" * (20 * 2**20)),
}
#: Found out when it is read: the name of the file, its content, and what is said of it.
WHEN_READ = {
    "zip": ("名单.xlsx", lambda: zip_of(a=b"x"), "已损坏"),
    "broken": ("名单.xlsx", lambda: workbook([])[:-200], "已损坏"),
    "shifted": ("名单.xlsx", lambda: shifted(workbook([])), "已损坏"),
    "password": ("名单.xlsx", encrypted, "密码"),
    "bomb": (
        "名单.xlsx",
        lambda: zip_of(**{"xl/worksheets/sheet1.xml": b"0" * (160 * 1024 * 1024)}),
        "150 MB",
    ),
    "rows": ("名单.xlsx", lambda: with_cell(f"A{MOST_ROWS + 1}"), f"H{MOST_ROWS + 1}"),
    "columns": (
        "名单.xlsx",
        lambda: with_cell(f"{letters(MOST_COLUMNS)}2"),
        f"{letters(MOST_COLUMNS)}2",
    ),
    "empty": ("名单.xlsx", lambda: workbook([], heads=()), "是空文件"),
    "binary-csv": ("名单.csv", lambda: b"\xff\xfe\xff\x81" * 10, "文字编码"),
    "long-csv": (
        "名单.csv",
        lambda: "企业名称\n".encode() + "甲\n".encode() * MOST_ROWS,
        f"A{MOST_ROWS + 1}",
    ),
}


@pytest.fixture
def client(cast, as_user):
    return with_worker(as_user(cast.city_manager))


def sent(client, content, name="名单.xlsx"):
    """Upload through the page; returns the batch and its page."""
    answer = client.post(reverse("import_upload"), {"file": upload(content, name)})
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("pk"), client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("kind", AT_SIGHT)
def test_what_is_no_spreadsheet_at_sight_is_refused_by_name(client, settings, kind):
    name, content = AT_SIGHT[kind]
    answer = client.post(reverse("import_upload"), {"file": upload(content(), name)})
    assert answer.status_code == 422 and name in answer.content.decode()
    assert not ImportBatch.objects.exists() and not list(
        (settings.MEDIA_ROOT / "imports").glob("*")
    )


@pytest.mark.parametrize("kind", WHEN_READ)
def test_a_bad_file_is_seen_as_failed_and_why(client, kind):
    name, content, said = WHEN_READ[kind]
    batch, page = sent(client, content(), name)
    assert name in page and said in page and "无法读取" in page
    assert "无法读取" in client.get(reverse("import_list")).content.decode()
    client.post(reverse("import_commit", args=[batch.uid]))
    assert not batch.rows.exists() and Enterprise.objects.count() == 4


def test_what_is_more_than_the_process_may_take_is_seen_as_failed(client, monkeypatch):
    monkeypatch.setattr(reading, "MEMORY", 64)  # MB
    assert (
        "占用的内存或时间"
        in sent(client, ("企业名称" + ",甲" * 40 + "\n").encode() * 40_000, "名单.csv")[1]
    )


def test_cells_that_are_only_formatted_reach_nowhere(client):
    """Offices format whole columns: that takes nobody's memory."""
    batch, page = sent(client, with_cell("XFD1048576", content=""))
    assert batch.state == "uploaded" or batch.counts == {}
    assert "无法读取" not in page


def test_only_the_process_that_reads_loads_the_reading_library():
    users = [
        path
        for app in ("crm", "liaisons", "visits", "api")
        for path in (ROOT / app).rglob("*.py")
        if "python_calamine" in path.read_text()
    ]
    assert users == [ROOT / "liaisons/imports/parsing.py"]
    naming = [
        path
        for app in ("crm", "liaisons", "visits", "api")
        for path in (ROOT / app).rglob("*.py")
        if "imports.parsing" in path.read_text()
    ]
    assert naming == [ROOT / "liaisons/imports/reading.py"]  # by its name, as a task


def test_a_file_is_worked_on_by_one_at_a_time(cast, as_user):
    client = as_user(cast.city_manager)
    client.post(
        reverse("import_upload"), {"file": upload(workbook([("甲有限公司",)], heads=("企业名称",)))}
    )
    batch = ImportBatch.objects.get()
    page = client.get(reverse("import_detail", args=[batch.uid])).content.decode()
    assert (
        'hx-trigger="every 1s"' in page and reverse("import_commit", args=[batch.uid]) not in page
    )
    for name in ("import_map", "import_commit", "import_undo"):
        assert client.post(reverse(name, args=[batch.uid])).status_code in {302, 422}
    assert Job.objects.count() == 1


def test_what_was_cut_off_after_it_was_written_is_written_once(client):
    batch, _page = sent(
        client, workbook([("甲有限公司", "五马派出所")], heads=("企业名称", "所属派出所"))
    )
    client.post(reverse("import_commit", args=[batch.uid]))
    job = Job.objects.latest("pk")
    Job.objects.filter(pk=job.pk).update(state="queued", attempts=1)
    do_waiting()
    job.refresh_from_db()
    assert job.state == "done" and Enterprise.objects.filter(name="甲有限公司").count() == 1


def test_files_that_no_import_names_are_removed_in_time(client):
    batch, _page = sent(client, workbook([("甲", "123")], heads=("企业名称", "统一社会信用代码")))
    folder = Path(settings.MEDIA_ROOT) / "imports"
    for name in ("lost.xlsx", "lost.xlsx.rows", "lost.xlsx.rows.0a1b"):
        (folder / name).write_bytes(b"x")
    assert sweep_imports() == 0
    for path in folder.glob("*"):
        os.utime(path, (0, 0))
    assert sweep_imports() == 3
    assert {f"imports/{path.name}" for path in folder.glob("*")} == {
        batch.file,
        f"{batch.file}.rows",
    }


def test_an_import_of_an_earlier_release_is_read_anew_where_it_is_needed(client):
    batch, _page = sent(client, workbook([("甲", "123")], heads=("企业名称", "统一社会信用代码")))
    for path in (Path(settings.MEDIA_ROOT) / "imports").glob("*.rows"):
        path.unlink()
    ImportBatch.objects.update(job=None)
    for name in ("import_map", "import_refused"):
        assert client.get(reverse(name, args=[batch.uid])).status_code in {200, 302}
        assert client.get(reverse(name, args=[batch.uid])).status_code == 200


@pytest.mark.parametrize("word", [b' r="A50001"', b' r="CW1"'], ids=["rows", "columns"])
def test_what_only_looks_like_many_rows_or_cells_is_taken(client, word):
    """The quick count of a sheet counts too much; then it is counted exactly."""
    line = (1, "甲有限公司", "", "2019-10-08", "3万元人民币", "五马街1号", "330302", "存续")
    content = with_sheet(b"</sheetData><!--" + word * 1000 + b"-->", workbook([line]))
    assert sent(client, content)[0].rows.count() == 1


def test_a_csv_in_the_old_encoding_is_read(client):
    content = "企业名称,统一社会信用代码\n甲有限公司,\n".encode("gb18030")
    assert sent(client, content, "名单.csv")[0].rows.get().name == "甲有限公司"


def test_a_nul_in_a_cell_is_left_out(client):
    batch, page = sent(
        client, "企业名称,住所\n甲有\0限公司,五马\0街1号\\u0000\n".encode(), "名单.csv"
    )
    line = batch.rows.get()
    assert (
        line.name == "甲有限公司"
        and line.values["address"] == "五马街1号\\u0000"
        and "无法读取" not in page
    )


def test_headings_alone_say_that_there_are_no_rows_and_cannot_be_imported(client):
    batch, page = sent(client, workbook([]))
    assert (
        batch.counts == {}
        and "标题行下面没有数据" in page
        and reverse("import_commit", args=[batch.uid]) not in page
    )
    answer = client.post(reverse("import_commit", args=[batch.uid]), follow=True)
    batch.refresh_from_db()
    assert batch.state == "previewed" and answer.content.decode().count("标题行下面没有数据") == 2
