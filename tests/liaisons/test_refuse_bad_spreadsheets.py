"""What is no list of enterprises is refused with a sentence, quickly, and nothing is written."""

import io
import zipfile

import pytest
from django.urls import reverse

from liaisons.models import Enterprise, ImportBatch
from tests.sheets import upload, workbook

pytestmark = pytest.mark.django_db


def zip_of(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return file.getvalue()


def empty_rows(count):
    """A small workbook whose sheet says that it has ``count`` rows."""
    return with_sheet(b"".join(b'<row r="%d"/>' % number for number in range(2, count + 2)) + b"</sheetData>", workbook([]))


def with_sheet(end, content):
    """The workbook ``content`` with ``end`` in its sheet where the rows end."""
    body = zipfile.ZipFile(io.BytesIO(content))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in body.namelist():
            part = body.read(name)
            bundle.writestr(name, part.replace(b"</sheetData>", end) if name.endswith("sheet1.xml") else part)
    return file.getvalue()


def encrypted():
    """The beginning of a password-protected workbook: an OLE container with an encrypted package."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000


BAD = {
    "text": ("名单.xlsx", lambda: "这不是表格".encode()),
    "picture": ("名单.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "zip": ("名单.xlsx", lambda: zip_of(a=b"x")),
    "broken": ("名单.xlsx", lambda: workbook([])[:-200]),
    "password": ("名单.xlsx", encrypted),
    "bomb": ("名单.xlsx", lambda: zip_of(**{"xl/worksheets/sheet1.xml": b"0" * (160 * 1024 * 1024)})),
    "rows": ("名单.xlsx", lambda: empty_rows(1_000_000)),
    "empty": ("名单.xlsx", lambda: workbook([], heads=())),
    "binary-csv": ("名单.csv", lambda: b"\xff\xfe\xff\x81" * 10),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_by_name(cast, as_user, kind):
    name, content = BAD[kind]
    answer = as_user(cast.city_manager).post(reverse("import_upload"), {"file": upload(content(), name)})
    assert answer.status_code == 422 and name in answer.content.decode()
    assert ImportBatch.objects.count() == 0 and Enterprise.objects.count() == 4


@pytest.mark.parametrize("word", [b"row", b"<"], ids=["rows", "cells"])
def test_what_only_looks_like_many_rows_or_cells_is_taken(cast, as_user, word):
    """The quick count of a sheet counts too much; then it is counted exactly."""
    line = (1, "甲有限公司", "", "2019-10-08", "3万元人民币", "五马街1号", "330302", "存续")
    content = with_sheet(b"</sheetData><!--" + word * 3_100_000 + b"-->", workbook([line]))
    answer = as_user(cast.city_manager).post(reverse("import_upload"), {"file": upload(content, "名单.xlsx")})
    assert answer.status_code == 302 and ImportBatch.objects.get().rows.count() == 1


def test_a_csv_in_the_old_encoding_is_read(cast, as_user):
    content = "企业名称,统一社会信用代码\n甲有限公司,\n".encode("gb18030")
    answer = as_user(cast.city_manager).post(reverse("import_upload"), {"file": upload(content, "名单.csv")})
    assert answer.status_code == 302 and ImportBatch.objects.get().rows.get().name == "甲有限公司"


def test_headings_alone_say_that_there_are_no_rows_and_cannot_be_imported(cast, as_user):
    client = as_user(cast.city_manager)
    client.post(reverse("import_upload"), {"file": upload(workbook([]))})
    batch = ImportBatch.objects.get()
    page = client.get(reverse("import_detail", args=[batch.uid])).content.decode()
    assert batch.counts == {} and "标题行下面没有数据" in page and reverse("import_commit", args=[batch.uid]) not in page
    answer = client.post(reverse("import_commit", args=[batch.uid]), follow=True)
    batch.refresh_from_db()
    assert batch.state == "previewed" and answer.content.decode().count("标题行下面没有数据") == 2
