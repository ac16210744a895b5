"""What a list shows goes into a spreadsheet: the same rows, safe to open, for the person who
ordered it.
"""

import csv
import datetime
import io

import openpyxl
import pytest
from django.urls import reverse

from crm.db.paging import page_by_key
from crm.documents.spreadsheets import cell, write_table
from crm.jobs import queue
from crm.jobs.performing import perform_job
from crm.models import AuditEvent, Job
from tests.cast import record_visit
from tests.crm.jobs.test_do_jobs import run_out

pytestmark = pytest.mark.django_db


def ordered(client, name, query="", file_format="csv"):
    return client.post(
        reverse("export_order", args=[name]), {"query": query, "format": file_format}
    )


def downloaded(client, job):
    answer = client.get(reverse("job_file", args=[job.uid]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.fixture
def export(as_user):
    """A function: the rows (heads first) of an export that a person orders, and the job."""

    def rows_of(person, name, query="", file_format="csv"):
        client = as_user(person)
        answer = ordered(client, name, query, file_format)
        assert answer.status_code == 302, answer.content.decode()
        job = Job.objects.latest("pk")
        perform_job(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.message
        body = downloaded(client, job)
        if file_format == "csv":
            assert body.startswith(b"\xef\xbb\xbf")
            return list(csv.reader(io.StringIO(body.decode("utf-8-sig")))), job
        return [
            list(row) for row in openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].values
        ], job

    return rows_of


@pytest.mark.parametrize("person", ["li", "sun", "head", "county_manager", "city_manager"])
@pytest.mark.parametrize("query", ["", "q=有限公司", "sort=-name"])
def test_the_rows_are_those_of_the_list(cast, as_user, export, person, query):
    user = getattr(cast, person)
    page = as_user(user).get(f"{reverse('enterprise_list')}?{query}")
    shown = [row["cells"][0]["value"] for row in page.context["rows"]]
    rows, _job = export(user, "enterprise_list", query)
    assert [row[0] for row in rows[1:]] == shown
    assert len(rows[0]) == len(page.context["rows"][0]["cells"])


def test_a_workbook_opens_and_says_what_it_holds(cast, as_user, export):
    rows, job = export(cast.head, "enterprise_list", "q=森马", "xlsx")
    assert [row[0] for row in rows[1:]] == ["温州森马服饰有限公司"]
    book = openpyxl.load_workbook(io.BytesIO(downloaded(as_user(cast.head), job)))
    notes = "".join(str(value) for row in book.worksheets[1].values for value in row)
    assert "森马" in notes and "王所" in notes
    assert job.file_name.endswith(".xlsx") and "企业" in job.file_name


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_empty_list_is_a_table_with_its_heads(cast, export, file_format):
    rows, _job = export(cast.li, "visit_list", "", file_format)
    assert rows[0][0] and not [row for row in rows[1:] if any(row)]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_cell_becomes_a_formula(cast, export, file_format):
    for start in ("=", "+", "-", "@", "＝", "\t="):
        cast.semir.name = f"{start}HYPERLINK(1)温州森马"
        cast.semir.save()
        rows, _job = export(cast.head, "enterprise_list", "", file_format)
        names = [row[0] for row in rows[1:] if "HYPERLINK" in str(row[0])]
        assert names == [f"'{cast.semir.name}"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A", "\t=1", "\r=1", "\n=1", "\0=1"],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_written_as_text(text):
    assert cell(text)[:1] == "'" and "\0" not in cell(text)


def test_days_and_moments_are_such_to_a_spreadsheet_program(tmp_path):
    day, moment = datetime.date(2026, 1, 5), datetime.datetime(2026, 1, 5, 8, 30)
    write_table(
        tmp_path / "a.xlsx",
        "xlsx",
        title="表",
        heads=["日期", "时间", "金额"],
        rows=[(None, "", 1.0), (day, moment, 2.5)],
    )
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0][3]
    assert [(cell.value, cell.number_format) for cell in cells[:2]] == [
        (datetime.datetime(2026, 1, 5), "yyyy-mm-dd"),
        (moment, "yyyy-mm-dd hh:mm"),
    ]
    write_table(
        tmp_path / "a.csv",
        "csv",
        title="表",
        heads=["日期", "时间", "金额"],
        rows=[(day, moment, 2.0)],
    )
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[
        1
    ] == "2026-01-05,2026-01-05 08:30,2"


def test_a_column_is_as_wide_as_what_stands_in_it(tmp_path):
    rows = [["温州瓯海新光眼镜科技发展集团有限公司", "1", None, "长" * 200]]
    write_table(
        tmp_path / "a.xlsx", "xlsx", title="表", heads=["企业名称", "号", "空", "说明"], rows=rows
    )
    columns = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].column_dimensions
    assert [round(columns[letter].width) for letter in "ABD"] == [39, 11, 61]


def test_numbers_stay_numbers():
    assert cell(-5) == -5 and cell(None) == "" and cell(True) == "是"


@pytest.mark.parametrize("query", ["unit=none-such", "colour=red", "sort=secret"])
def test_a_filter_that_cannot_be_understood_is_refused(cast, as_user, query):
    assert ordered(as_user(cast.li), "enterprise_list", query).status_code == 422
    assert not Job.objects.exists()


def test_orders_of_other_lists_and_formats_are_refused(cast, as_user):
    client = as_user(cast.li)
    assert ordered(client, "audit_list").status_code == 403
    assert ordered(client, "none-such").status_code == 404
    assert ordered(client, "enterprise_list", file_format="exe").status_code == 422
    assert ordered(as_user(cast.system_admin), "enterprise_list").status_code == 403
    assert not Job.objects.exists()


def test_the_file_is_for_the_person_who_ordered_it_and_each_download_is_written_down(
    cast, as_user, export
):
    _rows, job = export(cast.li, "enterprise_list")
    for other in (cast.zhang, cast.head, cast.city_manager, cast.audit_admin):
        assert as_user(other).get(reverse("job_file", args=[job.uid])).status_code == 404
    verbs = list(
        AuditEvent.objects.filter(object_uid=job.uid, actor=cast.li)
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert verbs == ["export.order", "job.download"]


def test_an_export_holds_what_one_may_see_when_it_is_made(cast, as_user):
    assert ordered(as_user(cast.li), "enterprise_list").status_code == 302
    job = Job.objects.get()
    cast.li.role = "audit_admin"
    cast.li.save()
    perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and not job.file


def test_an_export_whose_worker_was_killed_is_taken_up_again(cast, as_user, monkeypatch, settings):
    for number in range(5):
        record_visit(cast, cast.li, notes=str(number))
    ordered(as_user(cast.li), "visit_list")
    job = Job.objects.get()
    monkeypatch.setattr("crm.documents.exports.CHUNK", 2)

    def killed(*args, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("crm.documents.exports.os.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == "running" and not perform_job(job.pk)
    run_out(job)
    assert perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.attempts == 2
    assert [path.name for path in (settings.MEDIA_ROOT / "exports").iterdir()] == [f"{job.uid}.csv"]
    assert len(downloaded(as_user(cast.li), job).splitlines()) == 6


def test_rows_are_read_in_chunks_and_each_once(cast, export, monkeypatch):
    uids = {str(record_visit(cast, cast.li, notes=str(number)).uid) for number in range(7)}
    sizes = []
    monkeypatch.setattr("crm.documents.exports.CHUNK", 3)
    monkeypatch.setattr(
        "crm.documents.exports.page_by_key",
        lambda *args, **options: sizes.append(options["size"]) or page_by_key(*args, **options),
    )
    rows, job = export(cast.li, "visit_list")
    assert len(rows) == 1 + len(uids) and sizes == [3, 3, 3] and job.total == 7


def test_a_list_that_is_too_long_is_cut_and_says_so(cast, export, monkeypatch):
    for number in range(4):
        record_visit(cast, cast.li, notes=str(number))
    monkeypatch.setattr("crm.documents.exports.MOST_ROWS", 3)
    rows, job = export(cast.li, "visit_list")
    assert len(rows) == 4 and "4 行" in job.message and "3 行" in job.message


@pytest.mark.parametrize(
    "name",
    [
        "enterprise_list",
        "officer_list",
        "contact_list",
        "project_list",
        "assignment_list",
        "visit_list",
        "unit_list",
    ],
)
def test_every_list_can_be_exported(cast, export, name):
    record_visit(cast, cast.li)
    rows, _job = export(cast.city_manager, name, "", "xlsx")
    assert len(rows) >= 2


def test_contacts_are_exported_masked(cast, export):
    rows, _job = export(cast.li, "contact_list")
    text = str(rows)
    assert "林**" in text and "林小红" not in text and "13800001234" not in text


def test_jobs_know_the_work_of_exports():
    assert queue.kinds.get("export")
