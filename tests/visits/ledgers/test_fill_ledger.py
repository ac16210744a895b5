"""The ledger of what a list of problems shows: laid out as offices do it, as one chose, and for
one's own eyes.
"""

import datetime
import io

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from crm.documents.ledgers import FOOTER
from crm.jobs.performing import perform_job
from crm.models import AuditEvent, Job
from tests.crm.jobs.test_do_jobs import run_out
from tests.links import confirm_link, followed_up
from tests.steps import go, register
from visits.ledgers.columns import COLUMNS, USUAL
from visits.models import Feedback, LedgerLayout, Problem, ProblemTask
from visits.reporting.figures import terms

pytestmark = pytest.mark.django_db

TITLE = "{unit}企业诉求办理台账"
HEAD_ROW = 4


def words(key):
    """The head of a column as the worker writes it."""
    with translation.override(django_settings.LANGUAGE_CODE):
        return str(COLUMNS[key].label)


def address(query=""):
    return f"{reverse('problem_ledger')}?{query}"


def send(client, columns=USUAL, query="", **fields):
    body = {
        "title": TITLE,
        "filling_unit": "鹿城区分局",
        "order": columns,
        "shown": columns,
        **fields,
    }
    if "uid" not in body:
        body["uid"] = client.get(address(query)).context["form"]["uid"].value()
    return client.post(address(query), body)


@pytest.fixture
def fill(as_user):
    """A function: the sheet (openpyxl) of the ledger that a person orders through the page."""

    def sheet_for(person, columns=USUAL, query="", **fields):
        client = as_user(person)
        answer = send(client, columns, query, **fields)
        assert answer.status_code == 302, answer.content.decode()
        job = Job.objects.latest("pk")
        perform_job(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.message
        return openpyxl.load_workbook(io.BytesIO(downloaded(client, job))).worksheets[0]

    return sheet_for


def downloaded(client, job):
    return b"".join(client.get(reverse("job_file", args=[job.uid])).streaming_content)


def heads(sheet):
    return [cell.value for cell in sheet[HEAD_ROW]]


def table(sheet):
    """The rows of the table, each as head → value."""
    rows = sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True)
    return [
        dict(zip(heads(sheet), row, strict=True))
        for row in rows
        if isinstance(row[0], (int, float))
    ]


def below(sheet):
    """What stands below the table, as one text."""
    rows = sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True)
    return "\n".join(
        str(value) for row in rows if not isinstance(row[0], (int, float)) for value in row if value
    )


def test_it_is_laid_out_as_offices_do(cast, fill):
    register(cast)
    sheet, today = fill(cast.head), timezone.localdate()
    last = openpyxl.utils.get_column_letter(1 + len(USUAL))
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert (
        f"A1:{last}1" in merged
        and f"A3:{last}3" in merged
        and sheet["A1"].value == "鹿城区分局企业诉求办理台账"
    )
    assert sheet["A1"].alignment.horizontal == "center" and sheet["A1"].font.name == "黑体"
    assert sheet["A2"].value.endswith("鹿城区分局")
    right = [cell for cell in sheet[2] if cell.value][-1]
    assert (
        right.value.endswith(f"{today.year}年{today.month}月{today.day}日")
        and right.alignment.horizontal == "right"
    )
    assert heads(sheet) == ["序号", *(words(key) for key in USUAL)]
    assert (
        sheet.freeze_panes == f"A{HEAD_ROW + 1}"
        and sheet.print_title_rows == f"${HEAD_ROW}:${HEAD_ROW}"
    )
    setup = sheet.page_setup
    assert (
        setup.orientation,
        int(setup.paperSize),
        setup.fitToHeight,
        sheet.sheet_properties.pageSetUpPr.fitToPage,
    ) == ("landscape", 9, 0, True)
    assert (
        f"&C{sheet.oddFooter.center.text.replace('&[Page]', '&P').replace('&[Pages]', '&N')}".replace(
            " ", ""
        )
        == FOOTER.replace(" ", "")
    )
    for cell in [*sheet[HEAD_ROW], *sheet[HEAD_ROW + 1]]:
        assert {
            cell.border.left.style,
            cell.border.right.style,
            cell.border.top.style,
            cell.border.bottom.style,
        } == {"thin"}
    assert all(cell.alignment.wrap_text for cell in sheet[HEAD_ROW])


def test_days_are_dates_that_read_in_chinese(cast, fill):
    problem = register(cast)
    sheet = fill(cast.head, ["due_on", "reported_on", "remark"])
    cells = sheet[HEAD_ROW + 1]
    assert [cell.value for cell in cells[1:3]] == [
        datetime.datetime.combine(day, datetime.time())
        for day in (problem.due_on, problem.reported_on)
    ]
    assert {cell.number_format for cell in cells[1:3]} == {'yyyy"年"m"月"d"日"'} and cells[
        3
    ].value is None


def test_columns_come_in_the_chosen_order_and_are_remembered(cast, as_user, fill):
    register(cast)
    chosen = ["state", "title", "credit_code", "number"]
    assert heads(fill(cast.li, chosen))[1:] == [words(key) for key in chosen]
    form = as_user(cast.li).get(address()).context["form"]
    assert form.shown == chosen and form.order[:4] == chosen and set(form.order) == set(COLUMNS)
    assert form["filling_unit"].value() == "鹿城区分局" and form["title"].value() == TITLE
    assert as_user(cast.zhang).get(address()).context["form"].shown == USUAL
    as_user(cast.li).post(address(), {"reset": "1"})
    assert as_user(cast.li).get(address()).context["form"].shown == USUAL


def test_a_managers_layout_is_that_of_the_unit_and_below_until_one_chooses(cast, as_user):
    send(as_user(cast.county_manager), ["title", "state"], shared="on")
    send(as_user(cast.head), ["state", "reply"], shared="on", filling_unit="五马派出所")
    shown = {
        name: as_user(getattr(cast, name)).get(address()).context["form"]
        for name in ("sun", "zhang", "wu", "city_manager")
    }
    assert {name: form.shown for name, form in shown.items()} == {
        "sun": ["title", "state"],
        "zhang": ["state", "reply"],
        "wu": USUAL,
        "city_manager": USUAL,
    }
    assert shown["sun"]["filling_unit"].value() == "南门派出所"
    assert AuditEvent.objects.filter(verb="ledger.share").count() == 2
    send(as_user(cast.zhang), ["due_on"])
    assert as_user(cast.zhang).get(address()).context["form"].shown == ["due_on"]


def test_only_a_manager_sets_the_layout_of_a_unit(cast, as_user):
    assert "shared" not in as_user(cast.li).get(address()).context["form"].fields
    send(as_user(cast.li), ["title"], shared="on")
    assert not LedgerLayout.objects.filter(unit__isnull=False).exists()


def test_columns_are_moved_by_buttons_without_a_script_and_nothing_typed_is_lost(cast, as_user):
    client = as_user(cast.li)
    body = {
        "title": "半个标题",
        "filling_unit": "",
        "order": ["title", "state", "reply"],
        "shown": ["state"],
    }
    form = client.post(address(), body | {"move": "up:state"}).context["form"]
    assert (
        form.order[:3] == ["state", "title", "reply"]
        and form.shown == ["state"]
        and form["title"].value() == "半个标题"
    )
    form = client.post(address(), body | {"move": "down:title"}).context["form"]
    assert form.order[:2] == ["state", "title"]
    for nothing in ("up:title", "sideways:state", "up:none-such", "up"):
        assert client.post(address(), body | {"move": nothing}).context["form"].order[:3] == [
            "title",
            "state",
            "reply",
        ]
    assert not Job.objects.exists() and not LedgerLayout.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"shown": []},
        {"title": ""},
        {"title": "长" * 61},
        {"filling_unit": " "},
        {"shown": ["none-such"]},
    ],
)
def test_a_bad_form_says_what_is_wrong_and_keeps_the_rest(cast, as_user, wrong):
    answer = send(as_user(cast.li), ["reply", "title"], **wrong)
    assert answer.status_code == 422 and "summary-errors" in answer.content.decode()
    assert answer.context["form"].order[:2] == ["reply", "title"]
    assert not Job.objects.exists()


def test_sent_twice_it_is_one_order_and_changed_it_is_another(cast, as_user):
    client = as_user(cast.li)
    uid = client.get(address()).context["form"]["uid"].value()
    assert send(client, uid=uid)["Location"] == send(client, uid=uid)["Location"]
    assert send(client, ["title"], uid=uid).status_code == 302
    assert Job.objects.count() == 2


def test_each_gets_what_they_may_see_and_the_filter_is_kept(cast, fill):
    ours, theirs = (
        register(cast, title="森马的事"),
        register(cast, by=cast.wu, enterprise=cast.chint, title="正泰的事"),
    )
    urgent = register(cast, title="急事", urgency="urgent")
    titles = {
        name: {row[words("title")] for row in table(fill(getattr(cast, name)))}
        for name in ("head", "wu", "city_manager")
    }
    assert titles == {
        "head": {ours.title, urgent.title},
        "wu": {theirs.title},
        "city_manager": {ours.title, theirs.title, urgent.title},
    }
    sheet = fill(cast.head, query="urgency=urgent&sort=due_on")
    assert [row[words("title")] for row in table(sheet)] == ["急事"]
    with translation.override(django_settings.LANGUAGE_CODE):
        assert str(Problem.Urgency.URGENT.label) in sheet["A3"].value
    assert not table(fill(cast.head, query="supervised=1"))


@pytest.mark.parametrize(
    "query",
    ["", "mine=1", "in_hand=1", "overdue=1", "supervised=1", "state=follow_up", "state=returned"],
)
def test_each_tab_leads_to_its_ledger_and_to_its_plain_export(cast, as_user, fill, query):
    register(cast), followed_up(cast)
    client = as_user(cast.head)
    page = client.get(f"{reverse('problem_list')}?{query}")
    assert f'formaction="{reverse("problem_ledger")}"' in page.content.decode()
    answer = client.post(reverse("problem_ledger"), {"query": page.context["query"]})
    assert answer["Location"].partition("?")[2] == query
    listed = [row["cells"][0]["value"] for row in page.context["rows"]]
    assert [row[words("title")] for row in table(fill(cast.head, query=query))] == listed
    answer = client.post(
        reverse("export_order", args=["problem_list"]),
        {"query": page.context["query"], "format": "xlsx"},
    )
    job = Job.objects.latest("pk")
    perform_job(job.pk)
    job.refresh_from_db()
    plain = openpyxl.load_workbook(io.BytesIO(downloaded(client, job))).worksheets[0]
    assert (
        answer.status_code == 302 and [row[0] for row in list(plain.values)[1:] if row[0]] == listed
    )


def test_it_is_scoped_again_when_it_is_made(cast, as_user):
    register(cast)
    send(as_user(cast.head))
    job = Job.objects.get()
    cast.head.unit = cast.liushi
    cast.head.save()
    perform_job(job.pk)
    job.refresh_from_db()
    book = openpyxl.load_workbook(io.BytesIO(downloaded(as_user(cast.head), job)))
    assert not table(book.worksheets[0])
    send(as_user(cast.li))
    job = Job.objects.latest("pk")
    cast.li.role = "audit_admin"
    cast.li.save()
    perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and not job.file


def test_who_may_not_see_problems_is_offered_none_and_a_file_is_its_owners(cast, as_user, fill):
    for person in (cast.system_admin, cast.security_admin, cast.audit_admin):
        assert as_user(person).get(address()).status_code == 403
    assert as_user(cast.li).get(address("colour=red")).status_code == 422
    fill(cast.li)
    job = Job.objects.get()
    for other in (cast.zhang, cast.head, cast.city_manager):
        assert as_user(other).get(reverse("job_file", args=[job.uid])).status_code == 404
    verbs = (
        AuditEvent.objects.filter(object_uid=job.uid, actor=cast.li)
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["ledger.order", "job.download"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", "\r="])
def test_no_cell_becomes_a_formula(cast, fill, start):
    text = f"{start}HYPERLINK(1)"
    problem = register(cast)
    Problem.objects.filter(pk=problem.pk).update(title=text, result=text)
    sheet = fill(cast.head, ["title", "result"], title=f"{start.strip()}台账")
    for cell in sheet[HEAD_ROW + 1][1:]:
        assert (
            cell.data_type == "s"
            and cell.value.startswith("'")
            and cell.value.endswith("HYPERLINK(1)")
        )
    assert sheet["A1"].data_type == "s" and sheet["A1"].value.startswith("'")


def test_the_end_says_what_the_words_mean_and_who_signs(cast, fill):
    register(cast)
    with translation.override(django_settings.LANGUAGE_CODE):
        said = {
            term: str(term)
            for term in (
                terms.HANDLED,
                terms.IN_TIME,
                terms.OVERDUE,
                terms.RATING,
                terms.SOLVED,
                terms.PAUSED,
            )
        }
        assert str(Problem.State.FOLLOW_UP.label) in said[terms.HANDLED]
    sheet = fill(cast.head)
    text = below(sheet)
    assert all(sentence in text for term, sentence in said.items() if term is not terms.PAUSED)
    assert said[terms.PAUSED] not in text and said[terms.PAUSED] in below(
        fill(cast.head, ["moved"])
    )
    assert cast.head.name in text and "13800001234" not in str(list(sheet.values))
    assert said[terms.HANDLED] not in below(fill(cast.head, ["title"]))


def test_the_cells_tell_the_way_of_a_problem(cast, fill):
    problem = followed_up(cast)
    ProblemTask.objects.create(problem=problem, unit=cast.nanmen, due_at=timezone.now())
    link, _secret = confirm_link(cast, problem)
    for rating, minutes in ((2, 1), (5, 2)):
        at = problem.handled_at + datetime.timedelta(minutes=minutes)
        Feedback.objects.create(problem=problem, link=link, answer="confirm", rating=rating, at=at)
    (row,) = table(fill(cast.head, list(COLUMNS)))
    assert (
        row[words("number")] == problem.number
        and row[words("helpers")] == "南门所"
        and row[words("rating")] == 5
    )
    assert (
        row[words("credit_code")] == cast.semir.credit_code and row[words("division")] == "鹿城区"
    )
    assert row[words("result")] == problem.result and row[words("reply")] == problem.reply
    assert row[words("accepted_on")].date() == timezone.localdate() and row[words("late")] == "否"
    assert (
        row[words("lead_unit")] == "五马所"
        and row[words("officer")] == "小李"
        and row[words("police")] == "是"
    )


def test_a_problem_is_found_by_the_number_on_the_ledger(cast, as_user):
    problem, other = register(cast), register(cast, title="别的事")
    page = as_user(cast.head).get(reverse("problem_list"), {"q": problem.number.lower()})
    assert [row["key"] for row in page.context["rows"]] == [problem.uid] != [other.uid]
    assert (
        problem.number
        in as_user(cast.head).get(reverse("problem_detail", args=[problem.uid])).content.decode()
    )


def test_statements_do_not_grow_with_rows(cast, as_user):
    def statements():
        send(as_user(cast.head), list(COLUMNS))
        with CaptureQueriesContext(connection) as captured:
            perform_job(Job.objects.latest("pk").pk)
        return len(captured)

    go(cast, register(cast), "accept", "assign")
    few = statements()
    for number in range(8):
        go(cast, register(cast, title=f"诉求{number}"), "accept", "assign")
    assert statements() == few


def test_a_ledger_whose_worker_was_killed_is_made_anew(cast, as_user, monkeypatch, settings):
    register(cast)
    send(as_user(cast.head))
    job = Job.objects.get()

    def killed(*args, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("crm.documents.exports.os.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == "running" and not job.file and not perform_job(job.pk)
    run_out(job)
    assert perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.attempts == 2
    assert [path.name for path in (settings.MEDIA_ROOT / "exports").iterdir()] == [
        f"{job.uid}.xlsx"
    ]
    assert (
        len(
            table(
                openpyxl.load_workbook(io.BytesIO(downloaded(as_user(cast.head), job))).worksheets[
                    0
                ]
            )
        )
        == 1
    )
