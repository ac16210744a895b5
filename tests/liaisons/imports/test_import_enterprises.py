"""A manager imports a spreadsheet of enterprises: seen before it is written, whole or not at all,
taken back whole.
"""

import io
import re
import uuid
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from crm.models import AuditEvent, Division, OutboxEvent
from crm.search import index
from liaisons.enterprises.services import enterprise_change
from liaisons.imports.values import capital, capital_written
from liaisons.models import Assignment, Enterprise, ImportBatch, ImportRow
from tests.orders import with_worker
from tests.sheets import REAL, computed, upload, workbook

pytestmark = pytest.mark.django_db

NEW = (
    1,
    "瓯海新光眼镜有限公司",
    "91330300MA2ABCDE3X",
    "2019-10-08",
    "3万元人民币",
    "鹿城区五马街1号",
    "330302",
    "存续",
)


def code(body="91330300MA2ABCDE"):
    """A valid credit code that begins with ``body`` (17 characters are filled up)."""
    from stdnum.cn import uscc

    body = (body + "0" * 17)[:17]
    return body + uscc.calc_check_digit(body)


def row(
    number=1,
    name="温州新光眼镜有限公司",
    credit_code=None,
    day="2019-10-08",
    capital="3万元人民币",
    place="五马街1号",
    division="330302",
):
    return (
        number,
        name,
        credit_code if credit_code is not None else code(),
        day,
        capital,
        place,
        division,
        "存续",
    )


def sent(client, content, name="企业.xlsx", **values):
    """Upload through the page; returns the batch."""
    answer = client.post(
        reverse("import_upload"), {"file": upload(content, name), "unit": "33030201", **values}
    )
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("pk")


@pytest.fixture
def client(cast, as_user):
    return with_worker(as_user(cast.county_manager))


def outcomes(batch):
    return dict(batch.rows.order_by("number").values_list("number", "outcome"))


def test_a_file_is_previewed_and_then_written(cast, client):
    batch = sent(
        client,
        workbook([row(), row(2, "温州森马服饰有限公司", "91330300MA90000540", place="新地址9号")]),
    )
    assert outcomes(batch) == {2: "new", 3: "changed"} and Enterprise.objects.count() == 4
    page = client.get(
        reverse("import_detail", args=[batch.uid]) + "?outcome=changed"
    ).content.decode()
    assert "新地址9号" in page and "鹿城区一号路1号" in page
    assert client.post(reverse("import_commit", args=[batch.uid])).status_code == 302
    new = Enterprise.objects.get(name="温州新光眼镜有限公司")
    assert (new.capital, new.capital_currency, new.unit, new.created_by) == (
        30000,
        "CNY",
        cast.wuma,
        cast.county_manager,
    )
    cast.semir.refresh_from_db()
    assert cast.semir.address == "新地址9号" and cast.semir.version == 2
    assert (
        OutboxEvent.objects.filter(noun="enterprise").count() == 2
        and AuditEvent.objects.filter(verb="import.commit").count() == 1
    )
    assert new.pk in index.candidates("enterprise", "xgyj").values_list("object_id", flat=True)


def test_the_same_file_again_changes_nothing(cast, client):
    content = workbook([row(), row(2, "乙有限公司", code("91330300MA2XYQ"))])
    client.post(reverse("import_commit", args=[sent(client, content).uid]))
    assert set(outcomes(sent(client, content)).values()) == {"same"}


def test_slips_in_a_code_are_mended_and_wrong_ones_refused_with_their_cell(cast, client):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code().lower())
    batch = sent(
        client,
        workbook(
            [
                row(credit_code=wide),
                row(2, "乙公司", "914403001922038217"),
                row(3, "丙公司", "9144O3"),
                row(4, "丁", code()),
            ]
        ),
    )
    first, second, third, fourth = batch.rows.order_by("number")
    assert first.outcome == "new" and first.values["credit_code"] == code() and first.notes
    assert (second.outcome, second.cell) == ("refused", "C3") and (third.outcome, third.cell) == (
        "refused",
        "C4",
    )
    assert fourth.outcome == "refused" and "C2" in fourth.reason


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("3万元人民币", 30_000, "CNY"),
        ("200万美元", 2_000_000, "USD"),
        ("1,000万元", 10_000_000, "CNY"),
        ("", None, ""),
        ("500", 5_000_000, "CNY"),
        ("1.5亿元人民币", 150_000_000, "CNY"),
        ("10万港元", 100_000, "HKD"),
    ],
)
def test_capital_is_read_with_its_currency(cast, client, written, amount, currency):
    values = sent(client, workbook([row(capital=written)])).rows.get().values
    assert (values["capital"] and float(values["capital"])) == amount and values[
        "capital_currency"
    ] == currency


def test_a_change_is_told_in_words(cast, client):
    Enterprise.objects.filter(pk=cast.semir.pk).update(
        capital=5_000_000, capital_currency="CNY", industry=cast.hotels, status="suspended"
    )
    heads = (
        "企业名称",
        "统一社会信用代码",
        "注册资本",
        "所属派出所",
        "行业",
        "登记状态",
        "是否规上",
    )
    line = (
        "温州森马服饰有限公司",
        "91330300MA90000540",
        "9万元",
        "南门派出所",
        "制造业",
        "存续",
        "是",
    )
    batch = sent(client, workbook([line], heads=heads))
    page = client.get(reverse("import_detail", args=[batch.uid])).content.decode()
    for old, new in (
        ("500万元人民币", "9万元"),
        ("五马派出所", "南门派出所"),
        ("住宿业", "制造业"),
        ("停业", "存续"),
        ("否", "是"),
    ):
        assert f'<s class="muted">{old}</s> → {new}</div>' in page
    assert "capital" not in page and "5000000" not in page and page.count("注册资本：") == 1


def test_the_same_capital_in_other_words_is_no_change(cast, client):
    Enterprise.objects.filter(pk=cast.semir.pk).update(capital=5_000_000, capital_currency="CNY")
    same = (1, "温州森马服饰有限公司", "91330300MA90000540", "", "500万元", "", "", "")
    assert outcomes(sent(client, workbook([same])))[2] == "same"


@pytest.mark.parametrize(
    ("amount", "currency", "text", "written"),
    [
        ("5000000", "CNY", "", "500万元人民币"),
        ("123456.7", "CNY", "", "123456.7元人民币"),
        ("2000000", "USD", "", "200万美元"),
        ("150000000", "CNY", "", "1.5亿元人民币"),
        ("90000", "CNY", "9万元", "9万元"),
        ("90000", "CNY", "500万元", "9万元人民币"),
    ],
)
def test_capital_is_written_as_it_is_read(amount, currency, text, written):
    told = capital_written(Decimal(amount), currency, text)
    assert told == written and capital(told) == (Decimal(amount), currency)


def test_a_division_of_two_codes_is_read_as_the_closer_one(cast, client):
    assert (
        sent(client, workbook([row(division="3303\t330302")])).rows.get().values["division_id"]
        == "330302"
    )


def test_a_name_without_a_code_finds_its_enterprise_or_asks_a_person(cast, client):
    rows = [row(1, "温州五马酒店有限公司", "", place="改了"), row(2, "温州森马服装有限公司", "")]
    batch = sent(client, workbook(rows))
    assert outcomes(batch) == {2: "changed", 3: "undecided"}
    assert client.post(reverse("import_commit", args=[batch.uid])).status_code == 302
    assert ImportBatch.objects.get().state == "previewed"
    client.post(reverse("import_decide", args=[batch.uid, 3]), {"choice": str(cast.semir.uid)})
    assert outcomes(batch)[3] == "changed"
    client.post(reverse("import_commit", args=[batch.uid]))
    cast.semir.refresh_from_db()
    assert cast.semir.name == "温州森马服装有限公司"


@pytest.mark.parametrize(
    "name",
    [
        "温州五马酒店集团有限公司",
        "温州五马酒店股份有限公司",
        "温州五马酒店有限责任公司",
        "温州五马酒店",
    ],
)
@pytest.mark.parametrize("credit_code", ["", None])
def test_a_name_that_differs_in_its_legal_form_is_for_a_person(cast, client, name, credit_code):
    cast.hotel.credit_code = None
    cast.hotel.save()
    batch = sent(client, workbook([row(1, name, credit_code, place="别处")]))
    line = batch.rows.get()
    assert line.outcome == "undecided" and [candidate[1] for candidate in line.candidates] == [
        cast.hotel.name
    ]
    client.post(reverse("import_decide", args=[batch.uid, 2]), {"choice": "new"})
    client.post(reverse("import_commit", args=[batch.uid]))
    cast.hotel.refresh_from_db()
    assert (
        cast.hotel.name == "温州五马酒店有限公司" and Enterprise.objects.filter(name=name).exists()
    )


def test_a_name_that_belongs_to_a_branch_is_another_enterprise(cast, client):
    batch = sent(client, workbook([row(1, "温州五马酒店有限公司乐清分公司", "")]))
    assert outcomes(batch)[2] in {"new", "undecided"}


@pytest.mark.parametrize(
    "written",
    [
        "（温州五马酒店有限公司）",
        "(温州五马酒店有限公司)",
        "温州五马酒店 有限公司",
        "温州（五马）酒店有限公司",
    ],
)
def test_brackets_and_spaces_rename_nobody(cast, client, written):
    batch = sent(client, workbook([row(1, written, "", place="改了")]))
    line = batch.rows.get()
    assert line.outcome == "changed" and "name" not in line.values
    client.post(reverse("import_commit", args=[batch.uid]))
    cast.hotel.refresh_from_db()
    assert (cast.hotel.name, cast.hotel.address) == ("温州五马酒店有限公司", "改了")


def test_a_new_name_goes_in_without_the_brackets_around_it(cast, client):
    batch = sent(client, workbook([row(1, "（温州东博进出口有限公司）")]))
    client.post(reverse("import_commit", args=[batch.uid]))
    assert Enterprise.objects.filter(name="温州东博进出口有限公司").exists()


def test_undecided_rows_say_why_the_file_waits_and_what_to_choose_from(cast, client):
    batch = sent(client, workbook([row(1, "温州森马服装有限公司", ""), row(2)]))
    page = client.get(reverse("import_detail", args=[batch.uid]) + "?outcome=new").content.decode()
    assert (
        "还有1行待定" in page
        and 'href="?outcome=undecided"' in page
        and reverse("import_commit", args=[batch.uid]) not in page
    )
    page = client.get(reverse("import_detail", args=[batch.uid])).content.decode()
    for fact in (cast.semir.name, cast.semir.credit_code, cast.semir.address, cast.wuma.name):
        assert fact in page
    client.post(reverse("import_decide", args=[batch.uid, 2]), {"choice": "leave"})
    page = client.get(reverse("import_detail", args=[batch.uid])).content.decode()
    assert "待定。" not in page and reverse("import_commit", args=[batch.uid]) in page


def test_of_enterprises_out_of_scope_only_the_name_is_told(cast, client):
    batch = sent(client, workbook([row(1, "乐清正泰电气有限公司", "")]))
    page = client.get(reverse("import_detail", args=[batch.uid])).content.decode()
    assert (
        cast.chint.name in page
        and cast.chint.credit_code not in page
        and cast.chint.address not in page
    )


def test_two_rows_for_one_enterprise_are_told_in_the_preview(cast, client):
    semir, wuma = ("温州森马服饰有限公司", "91330300MA90000540"), "温州五马酒店有限公司"
    batch = sent(
        client,
        workbook(
            [
                row(1, *semir, place="甲路"),
                row(2, semir[0], "", place="乙路"),
                row(3, wuma, ""),
                row(4, wuma, ""),
            ]
        ),
    )
    assert outcomes(batch)[2] == "changed"
    refused = {
        line.number: (line.cell, line.reason) for line in batch.rows.filter(outcome="refused")
    }
    assert set(refused) == {5} or set(refused) == {3, 5}
    assert refused[5] == ("B5", "与B4是同一家企业。")


def test_a_new_name_twice_without_a_code_is_one_enterprise(cast, client):
    rows = [
        row(1, "全新无码有限公司", ""),
        row(2, "全新无码公司", ""),
        row(3, "全新无码有限公司", code("91330300MA2XYQ")),
    ]
    batch = sent(client, workbook(rows))
    assert (
        outcomes(batch) == {2: "new", 3: "refused", 4: "refused"}
        and "B2" in batch.rows.get(number=3).reason
    )
    both = [
        row(1, "同名有限公司", code("91330300MA2XYR")),
        row(2, "同名有限公司", code("91330300MA2XYT")),
    ]
    assert outcomes(sent(client, workbook(both))) == {2: "new", 3: "new"}


def test_a_decision_for_an_enterprise_that_another_row_holds_is_refused(cast, client):
    rows = [
        row(1, "温州森马服饰有限公司", "91330300MA90000540", place="甲路"),
        row(2, "温州森马服装有限公司", ""),
    ]
    batch = sent(client, workbook(rows))
    client.post(reverse("import_decide", args=[batch.uid, 3]), {"choice": str(cast.semir.uid)})
    line = batch.rows.get(number=3)
    assert line.outcome == "refused" and "2" in line.reason
    client.post(reverse("import_commit", args=[batch.uid]))
    cast.semir.refresh_from_db()
    assert cast.semir.address == "甲路"


def test_decisions_outlive_a_preview_that_had_to_be_made_anew(cast, client):
    rows = [
        row(1, "温州森马服饰有限公司", "91330300MA90000540", place="甲路"),
        row(2, "温州森马服装有限公司", ""),
    ]
    batch = sent(client, workbook(rows))
    assert outcomes(batch)[3] == "undecided"
    client.post(reverse("import_decide", args=[batch.uid, 3]), {"choice": "leave"})
    enterprise_change(row=cast.semir, values={"employees": 5}, version=1, by=cast.county_manager)
    client.post(reverse("import_commit", args=[batch.uid]))
    assert outcomes(batch) == {2: "changed", 3: "left_out"}
    client.post(reverse("import_commit", args=[batch.uid]))
    batch.refresh_from_db()
    assert batch.state == "committed"


def test_a_refused_row_tells_all_its_faults(cast, client):
    line = sent(
        client, workbook([row(credit_code="123", capital="很多", division="999999")])
    ).rows.get()
    assert (
        line.cell == "C2"
        and "E2" in line.reason
        and "G2" in line.reason
        and "999999" in line.reason
    )


def test_columns_that_are_not_read_are_named_and_a_missing_name_asks_for_the_columns(cast, client):
    heads = ("企业叫什么", "统一社会信用代码", "备注二")
    batch = sent(client, workbook([("甲", code(), "x")], heads=heads))
    assert batch.left_out == ["企业叫什么", "备注二"]
    page = client.get(reverse("import_detail", args=[batch.uid])).content.decode()
    assert (
        "备注二" in page
        and "没有识别到企业名称列" in page
        and reverse("import_map", args=[batch.uid]) in page
    )


def test_titles_above_and_merged_headings_are_understood(cast, client):
    above = [("2026年规上工业企业名单", *[""] * 7), ("填报单位：五马派出所", *[""] * 7)]
    assert sent(client, workbook([row()], above=above, merge="A1:H1")).rows.get().outcome == "new"


def test_columns_are_mapped_by_hand_where_no_heading_is_known(cast, client):
    batch = sent(client, workbook([("甲科技有限公司", code())], heads=("甲列", "乙列")))
    assert not batch.columns
    answer = client.post(
        reverse("import_map", args=[batch.uid]),
        {"heading_row": 1, "name": "0", "credit_code": "1", "default_unit": "33030201"},
    )
    assert answer.status_code == 302
    assert outcomes(batch) == {2: "new"}


def test_cells_with_formulas_are_text(cast, client):
    batch = sent(client, workbook([row(name='=HYPERLINK("http://x","甲")')]))
    assert batch.rows.get().outcome in {"refused", "new"}


def test_a_formula_without_a_stored_result_is_refused_with_its_cell(cast, client):
    rows = [
        row(1, "甲科技有限公司", '="9"&"1"'),
        row(2, "乙科技有限公司", "", capital="=1+1"),
        row(3, "丙科技有限公司", ""),
    ]
    batch = sent(client, workbook(rows))
    refused = {
        line.number: (line.cell, line.reason) for line in batch.rows.filter(outcome="refused")
    }
    assert {number: cell for number, (cell, _reason) in refused.items()} == {2: "C2", 3: "E3"}
    assert "公式" in refused[2][1] and outcomes(batch)[4] == "new"
    page = client.get(
        reverse("import_detail", args=[batch.uid]) + "?outcome=refused"
    ).content.decode()
    assert "C2" in page and "请用 Excel 打开" in page


def test_a_formula_whose_result_is_stored_is_read(cast, client):
    content = computed(
        workbook([row(1, '="甲"&"科技有限公司"', '=IF(1,"","")')]),
        {"B2": "甲科技有限公司", "C2": ""},
    )
    line = sent(client, content).rows.get()
    assert (line.outcome, line.name, line.values["credit_code"]) == ("new", "甲科技有限公司", None)


def test_an_enterprise_changed_since_the_preview_stops_the_whole_file(cast, client):
    batch = sent(
        client,
        workbook([row(), row(2, "温州森马服饰有限公司", "91330300MA90000540", place="新地址9号")]),
    )
    enterprise_change(row=cast.semir, values={"employees": 5}, version=1, by=cast.county_manager)
    client.post(reverse("import_commit", args=[batch.uid]))
    assert not Enterprise.objects.filter(name="温州新光眼镜有限公司").exists()
    batch.refresh_from_db()
    assert batch.state == "previewed" and batch.rows.get(number=3).enterprise_version == 2


def test_a_batch_is_taken_back_whole_while_nobody_built_on_it(cast, client):
    batch = sent(
        client,
        workbook([row(), row(2, "温州森马服饰有限公司", "91330300MA90000540", place="新地址9号")]),
    )
    client.post(reverse("import_commit", args=[batch.uid]))
    client.post(reverse("import_undo", args=[batch.uid]))
    cast.semir.refresh_from_db()
    assert Enterprise.objects.count() == 4 and cast.semir.address == "鹿城区一号路1号"
    assert not index.candidates("enterprise", "xgyj").exists()


def test_a_batch_that_others_built_on_stays(cast, client):
    batch = sent(client, workbook([row()]))
    client.post(reverse("import_commit", args=[batch.uid]))
    new = Enterprise.objects.get(name="温州新光眼镜有限公司")
    Assignment.objects.create(officer=cast.li.officer, enterprise=new, starts_on=cast.today)
    client.post(reverse("import_undo", args=[batch.uid]))
    assert Enterprise.objects.filter(pk=new.pk).exists()
    assert "1" in client.get(reverse("import_detail", args=[batch.uid])).content.decode()


def test_refused_rows_are_downloaded_with_their_reason(cast, client):
    batch = sent(client, workbook([row(name="=1+1 公司", credit_code="123")]))
    body = b"".join(client.get(reverse("import_refused", args=[batch.uid])).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    head, line = [[cell.value for cell in cells] for cells in sheet.iter_rows()]
    assert head[1] == "企业名称" and line[-1] == "B2" and "C2" in line[-2]
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)


def test_a_county_manager_imports_into_their_own_units_only(cast, client):
    batch = sent(
        client,
        workbook([row(2, "乐清正泰电器有限公司", "914403001922038216", place="换地方"), row()]),
        unit="",
    )
    assert outcomes(batch) == {2: "refused", 3: "refused"}
    assert (
        client.post(
            reverse("import_upload"), {"file": upload(workbook([row()])), "unit": "33038201"}
        ).status_code
        == 422
    )


@pytest.mark.parametrize("person", ["li", "head", "system_admin", "audit_admin"])
def test_others_do_not_import(cast, as_user, person):
    client = as_user(getattr(cast, person))
    assert (
        client.post(reverse("import_upload"), {"file": upload(workbook([row()]))}).status_code
        == 403
    )


def test_an_import_is_the_importers_alone(cast, client, as_user):
    batch = sent(client, workbook([row()]))
    other = as_user(cast.city_manager)
    for address in ("import_detail", "import_map", "import_refused"):
        assert other.get(reverse(address, args=[batch.uid])).status_code in {200, 404}
    assert (
        as_user(cast.other_manager).get(reverse("import_detail", args=[batch.uid])).status_code
        == 404
    )
    assert client.get(reverse("import_detail", args=[uuid.uuid4()])).status_code == 404


def test_the_command_speaks_chinese(cast, tmp_path, capsys):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(workbook([row(), row(2, "丙公司", "9144O3")]))
    call_command("import_enterprises", str(path), unit="33030201", by="0100020")
    told = capsys.readouterr().out
    assert "已导入" in told and not re.search(
        "[A-Za-z]{4,}", told.replace(str(ImportBatch.objects.get().uid), "")
    )
    with pytest.raises(CommandError, match="没有文件"):
        call_command("import_enterprises", str(tmp_path / "无.xlsx"))


@pytest.mark.skipif(
    not REAL.exists(), reason="the file of 6,000 real companies is not beside the project"
)
def test_six_thousand_real_companies_of_another_city_go_in_completely(db, capsys):
    call_command("import_enterprises", str(REAL))
    assert Enterprise.objects.count() == 6000
    assert 0 < Enterprise.objects.filter(capital__isnull=True).count() < 1000
    assert Division.objects.get(pk="440306").name == "宝安区"
    assert not ImportRow.objects.filter(outcome="refused").exists()
    # And can be filtered by.
    assert "440306" in Division.objects.in_use().values_list("pk", flat=True)
