"""A manager imports a list of problems: seen before it is written, whole or not at all, and taken
back whole.
"""

import datetime
import io
import uuid

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from crm.errors import Conflict
from crm.models import AuditEvent, Notice, OutboxEvent
from tests.orders import with_worker
from tests.sheets import upload, workbook
from tests.steps import register
from tests.uploads import pdf
from visits.dictionaries.services import category_replace
from visits.imports.services import MOST_ROWS, problems_commit
from visits.models import Problem, ProblemImport
from visits.problems.clocks import due_moment

pytestmark = pytest.mark.django_db

HEADS = (
    "序号",
    "企业名称",
    "统一社会信用代码",
    "诉求标题",
    "诉求内容",
    "类别",
    "紧急程度",
    "反映时间",
    "是否涉警",
    "承办单位",
)


def day(ago):
    return timezone.localdate() - datetime.timedelta(days=ago)


def row(
    name="温州森马服饰有限公司",
    code="",
    title="门口停车难",
    content="早晚高峰排队",
    category="停车难",
    urgency="一般",
    at=None,
    police="是",
    unit="",
):
    return (
        1,
        name,
        code,
        title,
        content,
        category,
        urgency,
        str(at if at is not None else day(5)),
        police,
        unit,
    )


@pytest.fixture
def client(cast, as_user):
    return with_worker(as_user(cast.head))


def sent(client, rows, heads=HEADS, name="诉求台账.xlsx", **more):
    """Upload through the page; returns the batch."""
    answer = client.post(
        reverse("problem_import_upload"),
        {"file": upload(workbook(rows, heads=heads, **more), name)},
    )
    assert answer.status_code == 302, answer.content.decode()
    return ProblemImport.objects.latest("pk")


def commit(client, batch):
    assert client.post(reverse("problem_import_commit", args=[batch.uid])).status_code == 302
    batch.refresh_from_db()
    return batch.state


def outcomes(batch):
    return dict(batch.rows.order_by("number").values_list("number", "outcome"))


def test_a_list_is_previewed_and_then_written(cast, client):
    batch = sent(
        client,
        [
            row(),
            row(
                "温州五马酒店有限公司",
                title="夜间噪声",
                category="道路交管",
                urgency="紧急",
                police="否",
                unit="五马所",
            ),
        ],
    )
    assert outcomes(batch) == {2: "new", 3: "new"} and not Problem.objects.exists()
    page = client.get(reverse("problem_import_detail", args=[batch.uid])).content.decode()
    assert "门口停车难" in page and "夜间噪声" in page and "五马派出所" in page
    assert commit(client, batch) == "committed"
    first, second = Problem.objects.order_by("pk")
    assert (
        first.enterprise,
        first.category,
        first.urgency,
        first.source,
        first.officer,
        first.unit,
    ) == (
        cast.semir,
        cast.parking,
        "normal",
        "import",
        cast.head.officer,
        cast.wuma,
    )
    assert (first.description, first.reported_on, first.is_police_matter, first.state) == (
        "早晚高峰排队",
        day(5),
        True,
        "registered",
    )
    assert first.due_at == due_moment(first.reported_at, "normal", cast.parking)
    assert (second.is_police_matter, second.state, second.lead_unit, second.urgency) == (
        False,
        "assigned",
        cast.wuma,
        "urgent",
    )
    assert list(second.steps.values_list("verb", flat=True)) == ["register", "accept", "assign"]
    assert OutboxEvent.objects.filter(verb="problem.register").count() == 2
    assert AuditEvent.objects.get(verb="problemimport.commit").actor == cast.head
    assert (
        reverse("problem_detail", args=[first.uid])
        in client.get(reverse("problem_import_detail", args=[batch.uid])).content.decode()
    )


def test_the_same_list_again_changes_nothing(cast, client):
    rows = [row(), row(title="夜间噪声")]
    commit(client, sent(client, rows))
    assert set(outcomes(sent(client, rows)).values()) == {"same"}


def test_the_same_problem_is_the_same_however_it_came(cast, client):
    register(cast, title="门口 停车难！")
    batch = sent(
        client,
        [row(at=day(0)), row(at=day(1)), row(at=day(1)), row("温州五马酒店有限公司", at=day(0))],
    )
    assert outcomes(batch) == {2: "same", 3: "new", 4: "same", 5: "new"}
    assert "D3" in batch.rows.get(number=4).notes


REFUSED = {
    "no enterprise": (row(name=""), "B2"),
    "unknown enterprise": (row(name="某某公司"), "B2"),
    "wrong code": (row(code="914403001922038217"), "B2"),
    "foreign enterprise": (row(name="乐清正泰电器有限公司"), "B2"),
    "foreign code": (row(name="", code="914403001922038216"), "B2"),
    "no title": (row(title="", content=""), "D2"),
    "long title": (row(title="长" * 121), "D2"),
    "unknown category": (row(category="天气"), "F2"),
    "unknown urgency": (row(urgency="马上"), "G2"),
    "no day": (row(at="昨天"), "H2"),
    "future": (row(at="2031-01-01"), "H2"),
    "long ago": (row(at="2019-01-01"), "H2"),
    "neither yes nor no": (row(police="也许"), "I2"),
    "unknown unit": (row(unit="火星所"), "J2"),
    "impossible day": (row(at="2026-02-30"), "H2"),
    "no time": (row(at=f"{day(5)} 25:61"), "H2"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_row_that_cannot_be_taken_says_why_and_where(cast, client, kind):
    line, cell = REFUSED[kind]
    batch = sent(client, [line, row(title="夜间噪声")])
    refused = batch.rows.get(number=2)
    assert (refused.outcome, refused.cell) == ("refused", cell) and refused.reason
    assert batch.rows.get(number=3).outcome == "new"


def test_all_faults_of_a_row_are_told_at_once(cast, client):
    reason = sent(client, [row(urgency="马上", police="也许")]).rows.get().reason
    assert "马上" in reason and "I2" in reason and "也许" in reason


def test_the_foreign_and_the_missing_answer_alike(cast, client):
    foreign, missing = (
        sent(client, [row(name=name)]).rows.get().reason
        for name in ("乐清正泰电器有限公司", "乐清正泰电气有限公司")
    )
    assert foreign.replace("正泰电器", "正泰电气") == missing


def test_refused_rows_are_handed_out_with_their_reason(cast, client):
    batch = sent(client, [row(), row(urgency="马上")])
    answer = client.get(reverse("problem_import_refused", args=[batch.uid]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    assert len(lines) == 2 and "马上" in lines[1] and lines[1][-1] == "G3"


@pytest.mark.parametrize(
    ("written", "urgency"),
    [
        ("紧急", "urgent"),
        ("特急", "urgent"),
        ("", "normal"),
        ("复杂", "complex"),
        ("咨询", "advice"),
        ("Urgent", "urgent"),
    ],
)
def test_words_for_urgency(cast, client, written, urgency):
    assert sent(client, [row(urgency=written)]).rows.get().values["urgency"] == urgency


def test_times_are_read_as_people_write_them(cast, client):
    texts = [
        f"{day(4):%Y年%m月%d日}",
        f"{day(4):%Y/%m/%d} 09:30",
        f"{day(4):%Y%m%d}",
        f"{day(4)}T09:30",
    ]
    batch = sent(client, [row(title=f"事项{number}", at=text) for number, text in enumerate(texts)])
    moments = [
        timezone.localtime(datetime.datetime.fromisoformat(line.values["reported_at"]))
        for line in batch.rows.order_by("number")
    ]
    assert {moment.date() for moment in moments} == {day(4)} and [
        moment.hour for moment in moments
    ] == [0, 9, 0, 9]


def test_other_headings_titles_above_and_a_missing_title(cast, client):
    heads = ("单位名称", "具体诉求", "登记日期", "备注")
    batch = sent(
        client,
        [("温州森马服饰有限公司", "厂区门口停车难。每天排队。", str(day(2)), "电话")],
        heads=heads,
        above=[("诉求台账", "", "", "")],
    )
    assert (batch.heading_row, batch.left_out) == (1, ["备注"])
    assert batch.rows.get().values["title"] == "厂区门口停车难"


def test_a_renamed_category_leads_to_the_one_that_took_its_place(cast, client):
    new = category_replace(category=cast.parking, by=cast.system_admin, name="停车")
    for written in ("停车难", "停车", "道路交管/停车难", "parking"):
        assert sent(client, [row(category=written)]).rows.get().values["category_id"] == new.pk, (
            written
        )


@pytest.mark.parametrize(
    ("content", "name"), [(b"%PDF-1.7", "诉求.pdf"), (b"", "空.xlsx")], ids=["pdf", "empty"]
)
def test_what_is_no_spreadsheet_at_sight_is_refused_at_once(cast, client, settings, content, name):
    answer = client.post(reverse("problem_import_upload"), {"file": upload(content, name)})
    assert answer.status_code == 422 and not ProblemImport.objects.exists()
    assert not [path for path in (settings.MEDIA_ROOT / "imports").glob("*")]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"PK\x03\x04 broken", "坏.xlsx", "“坏.xlsx”已损坏"),
        (workbook([("a", "b")], heads=("甲", "乙")), "别的.xlsx", "未能识别表头"),
        (workbook([row()] * (MOST_ROWS + 1), heads=HEADS), "多.xlsx", str(MOST_ROWS)),
    ],
    ids=["broken", "no heading", "too many"],
)
def test_what_turns_out_to_be_no_list_of_problems_is_seen_as_failed(
    cast, client, content, name, sentence
):
    answer = client.post(
        reverse("problem_import_upload"), {"file": upload(content, name)}, follow=True
    )
    page, batch = (
        client.get(answer.redirect_chain[0][0]).content.decode(),
        ProblemImport.objects.get(),
    )
    assert sentence in page and "无法读取" in page and not batch.rows.exists()
    assert "无法读取" in client.get(reverse("problem_import_list")).content.decode()
    client.post(reverse("problem_import_commit", args=[batch.uid]))
    assert not Problem.objects.exists()


def test_all_or_nothing(cast, client, monkeypatch):
    batch = sent(client, [row(), row(title="夜间噪声", unit="五马所")])
    monkeypatch.setattr(
        "visits.imports.services.workflow.problem_assign",
        lambda **values: (_ for _ in ()).throw(Conflict("x")),
    )
    commit(client, batch)
    assert not Problem.objects.exists() and batch.state == "previewed"


def test_what_was_reported_since_the_preview_is_looked_at_again(cast, client):
    batch = sent(client, [row(at=day(0)), row(title="夜间噪声")])
    register(cast, title="门口停车难")
    assert commit(client, batch) == "previewed" and Problem.objects.count() == 1
    assert outcomes(batch) == {2: "same", 3: "new"}
    assert commit(client, batch) == "committed" and Problem.objects.count() == 2


def test_it_is_imported_once(cast, client):
    batch = sent(client, [row()])
    commit(client, batch)
    commit(client, batch)
    assert Problem.objects.count() == 1
    with pytest.raises(Conflict):
        problems_commit(batch=batch, by=cast.head)


# --- taking back ---
def test_an_import_is_taken_back_whole(cast, client):
    batch = sent(client, [row(), row(title="夜间噪声", unit="五马所")])
    commit(client, batch)
    uids = list(Problem.objects.values_list("uid", flat=True))
    assert client.post(reverse("problem_import_undo", args=[batch.uid])).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "undone" and not Problem.objects.exists()
    assert not Notice.objects.filter(object_uid__in=uids).exists()
    assert OutboxEvent.objects.filter(verb="problem.delete").count() == 2
    assert AuditEvent.objects.filter(verb="problemimport.undo").count() == 1


@pytest.mark.parametrize("built", ["step", "file", "correction"])
def test_what_somebody_built_on_stays(cast, client, as_user, built):
    batch = sent(client, [row(), row(title="夜间噪声")])
    commit(client, batch)
    problem = Problem.objects.first()
    match built:
        case "step":
            client.post(
                reverse("problem_step", args=[problem.uid, "accept"]), {"version": problem.version}
            )
        case "file":
            client.post(
                reverse("problem_files", args=[problem.uid]),
                {"files_of": str(uuid.uuid4()), "files": pdf()},
            )
        case "correction":
            typed = {"version": problem.version, "title": "改了", "urgency": "normal"}
            client.post(reverse("problem_change", args=[problem.uid]), typed)
    client.post(reverse("problem_import_undo", args=[batch.uid]))
    batch.refresh_from_db()
    assert batch.state == "committed" and Problem.objects.count() == 2
    assert (
        'class="notice notice-info"'
        in client.get(reverse("problem_import_detail", args=[batch.uid])).content.decode()
    )


# --- who ---
@pytest.mark.parametrize(
    ("person", "may"),
    [
        ("li", False),
        ("head", True),
        ("county_manager", True),
        ("city_manager", True),
        ("system_admin", False),
    ],
)
def test_managers_import(cast, as_user, person, may):
    client = as_user(getattr(cast, person))
    for name in ("problem_import_list", "problem_import_upload", "problem_import_template"):
        assert client.get(reverse(name)).status_code == (200 if may else 403)


def test_an_import_is_for_who_made_it(cast, client, as_user):
    batch = sent(client, [row()])
    for name in ("detail", "refused"):
        assert (
            as_user(cast.county_manager)
            .get(reverse(f"problem_import_{name}", args=[batch.uid]))
            .status_code
            == 404
        )
    assert (
        as_user(cast.county_manager)
        .post(reverse("problem_import_commit", args=[batch.uid]))
        .status_code
        == 404
    )


def test_the_list_of_problems_leads_there(cast, client, as_user):
    assert reverse("problem_import_list") in client.get(reverse("problem_list")).content.decode()
    assert (
        reverse("problem_import_list")
        not in as_user(cast.li).get(reverse("problem_list")).content.decode()
    )


def test_the_template_is_recognised(cast, client):
    book = b"".join(client.get(reverse("problem_import_template")).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert {
        "企业名称",
        "统一社会信用代码",
        "诉求标题",
        "诉求内容",
        "类别",
        "紧急程度",
        "反映时间",
        "是否涉警",
        "承办单位",
    } == set(heads)


# --- by command ---
def test_the_command_tells_and_imports(cast, tmp_path, capsys):
    path = tmp_path / "诉求.xlsx"
    path.write_bytes(workbook([row(), row(urgency="马上")], heads=HEADS))
    call_command("import_problems", path, by=cast.head.police_number, dry_run=True)
    assert "G3" in capsys.readouterr().out and not Problem.objects.exists()
    call_command("import_problems", path, by=cast.head.police_number)
    assert Problem.objects.get().created_by == cast.head
    for wrong in (
        {"by": "nobody"},
        {"by": cast.li.police_number},
        {"by": cast.head.police_number, "path": tmp_path / "none.xlsx"},
    ):
        with pytest.raises(CommandError):
            call_command("import_problems", wrong.pop("path", path), **wrong)
