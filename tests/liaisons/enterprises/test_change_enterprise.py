"""An enterprise is taken in once and changed by who serves or manages it: slips are mended,
mistakes are told, nobody's edit is lost.
"""

import re
import uuid

import pytest
from django.urls import reverse
from stdnum.cn import uscc

from crm.models import AuditEvent, OutboxEvent
from liaisons.enterprises.services import enterprise_change
from liaisons.models import Assignment, Enterprise

pytestmark = pytest.mark.django_db

CREATE = "enterprise_create"
CODE = "91330302" + "MA2000001"
CODE += uscc.calc_check_digit(CODE)


def form_values(cast, **changes):
    """What a browser sends for a new enterprise of 五马."""
    return {
        "uid": str(uuid.uuid4()),
        "name": "温州瓯江机械有限公司",
        "credit_code": CODE,
        "unit": cast.wuma.pk,
        "division": "330302",
        "industry": "C",
        "status": "active",
        "address": "鹿城区瓯江路8号",
        "capital": "5000000",
        "capital_currency": "CNY",
        "employees": "120",
        **changes,
    }


def change_values(row, **changes):
    """What a browser sends for an edit of ``row`` as it is, but for ``changes``."""
    names = (
        "name",
        "credit_code",
        "unit_id",
        "division_id",
        "industry_id",
        "status",
        "address",
        "capital",
        "capital_currency",
        "employees",
        "latitude",
        "longitude",
    )
    kept = {name.removesuffix("_id"): getattr(row, name) for name in names}
    return {name: "" if value is None else str(value) for name, value in kept.items()} | {
        "version": row.version,
        **changes,
    }


def create(client, cast, **changes):
    return client.post(reverse(CREATE), form_values(cast, **changes))


def change(client, row, **changes):
    return client.post(reverse("enterprise_change", args=[row.uid]), change_values(row, **changes))


def shown(answer):
    return answer.content.decode()


def typed(page, name):
    """The value that a text field of a form holds."""
    return (
        re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
        .partition('value="')[2]
        .partition('"')[0]
    )


def chosen(page, name):
    """The value that a choice of a form stands at."""
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S)[0]
    found = re.search(r'<option value="([^"]*)" selected', select)
    return found[1] if found else ""


def options(page, name):
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S)[0]
    return dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', select))


# Taking in


def test_an_enterprise_is_taken_in_and_found_at_once(cast, as_user):
    client = as_user(cast.head)
    assert f'href="{reverse(CREATE)}"' in shown(client.get(reverse("enterprise_list")))
    uid = re.search(r'name="uid" value="([^"]+)"', shown(client.get(reverse(CREATE))))[1]
    answer = create(client, cast, uid=uid)
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "enterprise_detail", args=[uid]
    )
    row = Enterprise.objects.get(uid=uid)
    assert (row.name, row.credit_code, row.unit, row.industry_id, row.created_by) == (
        "温州瓯江机械有限公司",
        CODE,
        cast.wuma,
        "C",
        cast.head,
    )
    assert (row.last_visit_on, row.waiting_since, row.version) == (None, cast.today, 1)
    for query in ("瓯江", "wzojjx", "oujiang", CODE[4:12], CODE):
        assert row.name in shown(client.get(reverse("enterprise_list"), {"q": query})), query
    page = shown(client.get(answer["Location"]))
    assert "5,000,000元" in page and "鹿城区瓯江路8号" in page and "从未" in page
    assert AuditEvent.objects.get(verb="enterprise.create").object_uid == uid
    assert OutboxEvent.objects.filter(noun="enterprise", object_uid=uid).count() == 1


def test_sending_twice_is_once(cast, as_user):
    client, sent = as_user(cast.head), form_values(cast, credit_code="")
    first, second = client.post(reverse(CREATE), sent), client.post(reverse(CREATE), sent)
    assert (
        first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    )
    assert Enterprise.objects.filter(name="温州瓯江机械有限公司").count() == 1
    assert (
        AuditEvent.objects.filter(verb="enterprise.create").count()
        == OutboxEvent.objects.filter(noun="enterprise").count()
        == 1
    )


def test_the_same_form_with_other_content_is_refused_and_kept(cast, as_user):
    client, uid = as_user(cast.head), str(uuid.uuid4())
    create(client, cast, uid=uid)
    answer = create(client, cast, uid=uid, name="温州瓯江泵业有限公司", credit_code="")
    assert (
        answer.status_code == 409
        and "此表单已提交过" in shown(answer)
        and typed(shown(answer), "name") == "温州瓯江泵业有限公司"
    )
    assert Enterprise.objects.get(uid=uid).name == "温州瓯江机械有限公司"


def test_another_persons_identifier_is_not_ones_own(cast, as_user):
    sent = form_values(cast, credit_code="")
    assert as_user(cast.head).post(reverse(CREATE), sent).status_code == 302
    assert as_user(cast.county_manager).post(reverse(CREATE), sent).status_code == 409
    assert (
        as_user(cast.other_manager)
        .post(reverse(CREATE), sent | {"unit": cast.liushi.pk})
        .status_code
        == 409
    )
    assert Enterprise.objects.filter(uid=sent["uid"], created_by=cast.head).count() == 1


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("head", 302),
        ("county_manager", 302),
        ("city_manager", 302),
        ("other_manager", 422),
        ("li", 403),
        ("zhang", 403),
        ("he", 403),
        ("system_admin", 403),
        ("security_admin", 403),
        ("audit_admin", 403),
    ],
)
def test_managers_take_in_what_is_theirs_and_nobody_else_does(cast, as_user, person, status):
    client, before = as_user(getattr(cast, person)), Enterprise.objects.count()
    assert create(client, cast).status_code == status
    assert Enterprise.objects.count() == before + (status == 302)
    assert client.get(reverse(CREATE)).status_code == (403 if status == 403 else 200)
    assert AuditEvent.objects.filter(verb="enterprise.create").count() == (status == 302)


def test_only_the_city_takes_in_what_has_no_unit_yet(cast, as_user):
    refused = create(as_user(cast.county_manager), cast, unit="")
    assert (
        refused.status_code == 422
        and "请选择您管理的单位" in shown(refused)
        and typed(shown(refused), "name") == "温州瓯江机械有限公司"
    )
    assert not Enterprise.objects.filter(credit_code=CODE).exists()
    assert create(as_user(cast.city_manager), cast, unit="").status_code == 302
    assert Enterprise.objects.get(credit_code=CODE).unit is None


# The credit code


@pytest.mark.parametrize(
    "slip",
    [
        CODE.lower(),
        f" {CODE} ",
        f"{CODE[:8]} {CODE[8:]}",
        f"{CODE[:2]}-{CODE[2:8]}-{CODE[8:17]}-{CODE[17:]}",
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),
        f"{CODE[:6]}\u3000{CODE[6:]}",
        f"\u200b{CODE}\ufeff",
        f"{CODE[:9]}\u2013{CODE[9:]}",
    ],
    ids=["small", "around", "space", "hyphens", "full-width", "wide-space", "invisible", "dash"],
)
def test_slips_in_the_code_are_mended(cast, as_user, slip):
    client = as_user(cast.head)
    assert create(client, cast, credit_code=slip).status_code == 302
    row = Enterprise.objects.latest("pk")
    assert row.credit_code == CODE
    assert change(client, row, credit_code=slip).status_code == 302
    row.refresh_from_db()
    assert row.credit_code == CODE


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            CODE[:17] + ("0" if CODE[17] != "0" else "1"),
            "统一社会信用代码校验位不符，请检查是否录入有误。",
        ),
        (
            CODE[:10] + ("3" if CODE[10] != "3" else "4") + CODE[11:],
            "统一社会信用代码校验位不符，请检查是否录入有误。",
        ),
        (CODE[:17], "统一社会信用代码应为18位，这里有17位。"),
        (CODE + "0", "统一社会信用代码应为18位，这里有19位。"),
        (CODE[:16] + "I" + CODE[17], "统一社会信用代码由数字和大写字母组成，不含 I、O、S、V、Z。"),
        ("瓯" * 18, "统一社会信用代码"),
    ],
    ids=["last", "middle", "short", "long", "letter", "words"],
)
def test_a_wrong_code_is_told_in_a_sentence_and_stays_typed(cast, as_user, code, sentence):
    client = as_user(cast.head)
    for answer in (
        create(client, cast, credit_code=code),
        change(client, cast.semir, credit_code=code),
    ):
        page = shown(answer)
        assert (
            answer.status_code == 422
            and sentence in page
            and "field-error" in page
            and typed(page, "credit_code") == code
        )
    cast.semir.refresh_from_db()
    assert (
        cast.semir.credit_code == "91330300MA90000540"
        and not Enterprise.objects.filter(name="温州瓯江机械有限公司").exists()
    )


def test_a_code_that_another_enterprise_has_is_refused(cast, as_user):
    client = as_user(cast.head)
    for answer in (
        create(client, cast, credit_code=cast.hotel.credit_code),
        change(client, cast.semir, credit_code=cast.hotel.credit_code.lower()),
    ):
        assert answer.status_code == 422 and "field-error" in shown(answer)
    assert Enterprise.objects.filter(credit_code=cast.hotel.credit_code).count() == 1


def test_enterprises_without_a_code_are_as_many_as_there_are(cast, as_user):
    client = as_user(cast.head)
    for name in ("无码一厂", "无码二厂"):
        assert create(client, cast, name=name, credit_code=" ").status_code == 302
    assert (
        Enterprise.objects.filter(credit_code__isnull=True).count() == 3
        and not Enterprise.objects.filter(credit_code="").exists()
    )


# Changing


def test_a_change_is_written_with_what_was_before(cast, as_user):
    client = as_user(cast.li)
    answer = change(client, cast.semir, address="鹿城区新路9号", employees="88", above_scale="on")
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "enterprise_detail", args=[cast.semir.uid]
    )
    cast.semir.refresh_from_db()
    assert (
        cast.semir.address,
        cast.semir.employees,
        cast.semir.above_scale,
        cast.semir.version,
    ) == ("鹿城区新路9号", 88, True, 2)
    event = AuditEvent.objects.get(verb="enterprise.change")
    assert (
        event.actor == cast.li
        and "鹿城区一号路1号" in str(event.detail)
        and "鹿城区新路9号" in str(event.detail)
    )
    assert OutboxEvent.objects.get(noun="enterprise").version == 2


def test_a_new_name_is_found_and_the_old_one_no_longer(cast, as_user):
    client = as_user(cast.head)

    def found(query):
        return [
            row["cells"][0]["value"]
            for row in client.get(reverse("enterprise_list"), {"q": query}).context["rows"]
        ]

    assert found("森马") == [cast.semir.name]
    assert change(client, cast.semir, name="温州巴拉巴拉童装有限公司").status_code == 302
    assert (
        found("巴拉") == found("balabala") == found("91330300MA9") == ["温州巴拉巴拉童装有限公司"]
        and found("森马") == found("senma") == []
    )


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("li", 302),
        ("zhang", 302),
        ("head", 302),
        ("county_manager", 302),
        ("city_manager", 302),
        ("sun", 404),
        ("wu", 404),
        ("he", 404),
        ("other_manager", 404),
        ("system_admin", 403),
        ("security_admin", 403),
        ("audit_admin", 403),
    ],
)
def test_who_serves_or_manages_it_changes_it_and_nobody_else(cast, as_user, person, status):
    client = as_user(getattr(cast, person))
    assert client.get(reverse("enterprise_change", args=[cast.semir.uid])).status_code == (
        200 if status == 302 else status
    )
    assert change(client, cast.semir, address="新址").status_code == status
    cast.semir.refresh_from_db()
    assert (cast.semir.address == "新址") == (status == 302)


def test_a_colleague_of_the_station_reads_it_and_is_offered_no_edit(cast, as_user):
    client, edit = as_user(cast.zhang), reverse("enterprise_change", args=[cast.hotel.uid])
    page = client.get(reverse("enterprise_detail", args=[cast.hotel.uid]))
    assert (
        page.status_code == 200 and edit not in shown(page) and client.get(edit).status_code == 404
    )
    assert edit in shown(as_user(cast.li).get(reverse("enterprise_detail", args=[cast.hotel.uid])))


def test_a_missing_enterprise_and_a_foreign_one_get_the_same_answer(cast, as_user):
    client = as_user(cast.li)
    for uid in (cast.chint.uid, uuid.uuid4()):
        answer = client.post(
            reverse("enterprise_change", args=[uid]), change_values(cast.chint, name="夺来的厂")
        )
        assert (
            answer.status_code == 404
            and "没有这条记录，或者您无权查看。" in shown(answer)
            and "正泰" not in shown(answer)
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "长" * 161},
        {"employees": "-1"},
        {"employees": "many"},
        {"capital": "much"},
        {"founded_on": "2026-02-30"},
        {"status": "asleep"},
        {"latitude": "here", "longitude": "there"},
        {"latitude": "28.0", "longitude": ""},
        {"unit": "999999"},
        {"division": "999999"},
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_marked_and_everything_typed_stays(cast, as_user, wrong):
    answer = change(as_user(cast.head), cast.semir, **({"address": "只改了地址"} | wrong))
    page = shown(answer)
    assert (
        answer.status_code == 422
        and "summary-errors" in page
        and typed(page, "address") == "只改了地址"
    )
    for name in wrong.keys() & {"name", "employees", "capital", "latitude"}:
        assert typed(page, name) == wrong[name]
    cast.semir.refresh_from_db()
    assert cast.semir.version == 1 and cast.semir.address != "只改了地址"


def test_what_is_typed_is_shown_as_text(cast, as_user):
    client = as_user(cast.head)
    assert (
        change(
            client, cast.semir, name="<script>alert(1)</script>", address="<b>粗</b>"
        ).status_code
        == 302
    )
    for address in (
        reverse("enterprise_detail", args=[cast.semir.uid]),
        reverse("enterprise_list"),
        reverse("enterprise_change", args=[cast.semir.uid]),
    ):
        page = shown(client.get(address))
        assert (
            "<script>alert(1)" not in page
            and "<b>粗</b>" not in page
            and "&lt;script&gt;alert(1)" in page
        )


# Two people at once


def test_a_stale_edit_is_refused_keeps_what_was_typed_and_shows_what_changed(cast, as_user):
    first, second = as_user(cast.li), as_user(cast.head)
    read = Enterprise.objects.get(pk=cast.semir.pk)
    assert change(first, read, address="小李改的地址", employees="11").status_code == 302
    answer = change(second, read, address="王所改的地址", name="温州森马集团有限公司")
    page = shown(answer)
    assert answer.status_code == 412 and "您编辑期间，他人修改了这条记录。" in page
    assert (
        typed(page, "address") == "王所改的地址" and typed(page, "name") == "温州森马集团有限公司"
    )
    differs = page.partition('id="stale-title"')[2].partition("</section>")[0]
    assert (
        "小李改的地址" in differs
        and "王所改的地址" in differs
        and "地址" in differs
        and ">11<" in differs
    )
    row = Enterprise.objects.get(pk=cast.semir.pk)
    assert (row.address, row.employees, row.name, row.version) == (
        "小李改的地址",
        11,
        cast.semir.name,
        2,
    )
    assert AuditEvent.objects.filter(verb="enterprise.change").count() == 1


def test_saving_again_after_the_comparison_is_taken(cast, as_user):
    read = Enterprise.objects.get(pk=cast.semir.pk)
    change(as_user(cast.li), read, address="小李改的地址")
    client = as_user(cast.head)
    page = shown(change(client, read, address="王所改的地址"))
    assert typed(page, "version") == "2"
    assert (
        change(client, read, address="王所改的地址", version=typed(page, "version")).status_code
        == 302
    )
    row = Enterprise.objects.get(pk=cast.semir.pk)
    assert (row.address, row.version) == ("王所改的地址", 3)


@pytest.mark.parametrize("version", ["", "0", "2", "99"])
def test_an_edit_that_does_not_name_the_newest_version_is_refused(cast, as_user, version):
    answer = change(as_user(cast.head), cast.semir, address="新址", version=version)
    assert (
        answer.status_code == 412
        and typed(shown(answer), "address") == "新址"
        and typed(shown(answer), "version") == "1"
    )
    assert Enterprise.objects.get(pk=cast.semir.pk).version == 1


# Moving to another unit


@pytest.mark.parametrize(
    ("person", "unit"),
    [
        ("head", "liushi"),
        ("head", "nanmen"),
        ("head", "county"),
        ("county_manager", "liushi"),
        ("county_manager", "city"),
        ("head", ""),
        ("li", "liushi"),
        ("li", "nanmen"),
    ],
)
def test_a_move_out_of_ones_reach_is_refused_and_nothing_is_written(cast, as_user, person, unit):
    target = getattr(cast, unit).pk if unit else ""
    answer = change(as_user(getattr(cast, person)), cast.semir, unit=target, address="搬去的地址")
    page = shown(answer)
    assert (
        answer.status_code == 422
        and typed(page, "address") == "搬去的地址"
        and "unit" in answer.context["form"].errors
    )
    row = Enterprise.objects.get(pk=cast.semir.pk)
    assert (row.unit, row.version, row.address) == (cast.wuma, 1, "鹿城区一号路1号")
    assert (
        not AuditEvent.objects.filter(verb="enterprise.change").exists()
        and not OutboxEvent.objects.filter(noun="enterprise").exists()
    )


def test_a_move_within_ones_reach_gives_it_to_the_other_station(cast, as_user):
    page = reverse("enterprise_detail", args=[cast.hotel.uid])
    Assignment.objects.filter(enterprise=cast.hotel).update(ends_on=cast.today)
    assert (
        as_user(cast.sun).get(page).status_code == 404
        and as_user(cast.head).get(page).status_code == 200
    )
    assert change(as_user(cast.county_manager), cast.hotel, unit=cast.nanmen.pk).status_code == 302
    assert (
        as_user(cast.sun).get(page).status_code == 200
        and as_user(cast.head).get(page).status_code == 404
    )


def test_a_closed_unit_is_given_nothing(cast, as_user):
    cast.nanmen.closed_on = cast.today
    cast.nanmen.save()
    client = as_user(cast.county_manager)
    assert str(cast.nanmen.pk) not in options(
        shown(client.get(reverse("enterprise_change", args=[cast.semir.uid]))), "unit"
    )
    assert change(client, cast.semir, unit=cast.nanmen.pk).status_code == 422


# Choices


def test_industries_are_chosen_by_code_and_name(cast, as_user):
    client = as_user(cast.head)
    page = shown(client.get(reverse("enterprise_change", args=[cast.semir.uid])))
    assert {"C": "C 制造业", "38": "38 电气机械和器材制造业", "61": "61 住宿业"}.items() <= options(
        page, "industry"
    ).items()
    assert chosen(page, "industry") == "C"
    assert change(client, cast.semir, industry="38").status_code == 302
    assert "电气机械和器材制造业" in shown(
        client.get(reverse("enterprise_detail", args=[cast.semir.uid]))
    )
    for code in ("999", "制造业", "c"):
        answer = change(client, Enterprise.objects.get(pk=cast.semir.pk), industry=code)
        assert answer.status_code == 422 and "field-error" in shown(answer)
    assert Enterprise.objects.get(pk=cast.semir.pk).industry_id == "38"


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [
        ("5000000", "CNY", "5,000,000元"),
        ("1200.50", "CNY", "1,200.50元"),
        ("3000000", "USD", "3,000,000 美元"),
        ("7", "", ">7<"),
    ],
)
def test_capital_is_told_in_the_currency_that_was_chosen(cast, as_user, amount, currency, told):
    client = as_user(cast.head)
    assert change(client, cast.semir, capital=amount, capital_currency=currency).status_code == 302
    page = shown(client.get(reverse("enterprise_detail", args=[cast.semir.uid])))
    assert told in re.sub(r">\s+|\s+<", lambda match: match[0].strip(), page)


def test_currencies_are_offered_by_name_and_others_are_refused(cast, as_user):
    client = as_user(cast.head)
    offered = options(
        shown(client.get(reverse("enterprise_change", args=[cast.semir.uid]))), "capital_currency"
    )
    assert {"CNY": "人民币元", "USD": "美元", "EUR": "欧元"}.items() <= offered.items() and not {
        "XXX",
        "RMB",
    } & set(offered)
    for code in ("XXX", "RMB", "cny", "元"):
        answer = change(client, cast.semir, capital="1", capital_currency=code)
        assert answer.status_code == 422 and "field-error" in shown(answer)
    assert Enterprise.objects.get(pk=cast.semir.pk).capital is None


def test_the_state_of_business_is_chosen_and_shown(cast, as_user):
    client = as_user(cast.head)
    page = shown(client.get(reverse("enterprise_change", args=[cast.semir.uid])))
    assert (
        set(options(page, "status")) == {"active", "suspended", "moved", "closed"}
        and chosen(page, "status") == "active"
    )
    for status, name in options(page, "status").items():
        assert (
            change(client, Enterprise.objects.get(pk=cast.semir.pk), status=status).status_code
            == 302
        )
        assert name in shown(client.get(reverse("enterprise_detail", args=[cast.semir.uid])))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "。"}, "name"),
        ({"capital": "-5"}, "capital"),
        ({"founded_on": "2999-01-01"}, "founded_on"),
        ({"latitude": "91", "longitude": "120"}, "latitude"),
        ({"latitude": "28", "longitude": "200"}, "longitude"),
        ({"latitude": "28"}, "longitude"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(cast, as_user, wrong, field):
    answer = create(as_user(cast.head), cast, **wrong)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert "约束" not in shown(answer)


def test_the_same_form_with_a_code_sent_twice_is_one_enterprise(cast, as_user):
    client, sent = as_user(cast.head), form_values(cast)
    first, second = client.post(reverse(CREATE), sent), client.post(reverse(CREATE), sent)
    assert (
        first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    )
    assert Enterprise.objects.filter(uid=sent["uid"]).count() == 1


def test_a_comparison_speaks_in_words(cast, as_user):
    enterprise_change(
        row=cast.semir,
        values={"status": "suspended", "above_scale": True},
        version=1,
        by=cast.county_manager,
    )
    answer = change(as_user(cast.head), cast.semir, version=1, status="moved", above_scale="")
    newest = {line["label"]: (line["yours"], line["newest"]) for line in answer.context["stale"]}
    assert (
        answer.status_code == 412
        and ("已迁出", "停业") in newest.values()
        or ("迁出", "停业") in newest.values()
    )
    assert ("否", "是") in newest.values() and "suspended" not in str(newest)
