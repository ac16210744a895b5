"""Find anything by typing: two characters, pinyin, initials, a part of a code.

Exactly, within one's scope, best first.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.search.index import candidates, index_entry, index_many, remove_entry
from liaisons.enterprises.services import enterprise_change
from liaisons.models import Enterprise
from tests.cast import record_visit
from visits.recording.search import excerpt

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(cast, as_user):
    """A function: the titles that the search page shows a person for a query, in their order."""

    def titles(query, user=None):
        answer = as_user(user or cast.city_manager).get(
            reverse("search"), {"q": query}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        return re.findall(r"<b>(.*?)</b>", answer.content.decode())

    return titles


@pytest.mark.parametrize(
    "query",
    [
        "正泰",
        "乐清正泰",
        "乐清正泰电器",
        "乐清正泰电器有限公司",
        "乐清正泰电器有限责任公司",
        "yueqing",
        "YueQing",
        "yqzt",
        "zt",
        "9144030019",
        "1922038216",
        "乐清 正泰",
        "（乐清）正泰",
        "ｙｑｚｔ",
    ],
)
def test_an_enterprise_is_found_by_any_part_that_one_knows(find, query):
    assert "乐清正泰电器有限公司" in find(query)


@pytest.mark.parametrize(
    "query",
    ["正", "泰正", "正泰乐清", "器正", "乐清电器", "yzqt", "%", "_清", "正_", "\\", "a" * 300],
)
def test_what_only_looks_alike_is_not_found(find, query):
    assert find(query) == []


def test_the_run_of_characters_is_asked_and_not_its_pairs_alone(find, cast):
    visit = record_visit(cast, cast.li, notes="甲乙。丙甲。乙丙")
    assert find("甲乙丙甲") and find("丙甲乙丙")
    index_entry("visit", visit.pk, "甲乙丁，乙丙")
    # Every pair of 甲乙丙 is there, the three in one run are not.
    assert not candidates("visit", "甲乙丙").exists()


def test_no_find_runs_over_the_end_of_a_text(db):
    index_entry("visit", 1, "甲乙", "丙丁")
    assert candidates("visit", "甲乙").exists() and candidates("visit", "丙丁").exists()
    assert not candidates("visit", "乙丙").exists() and not candidates("visit", "甲乙丙丁").exists()


@pytest.mark.parametrize(
    "text", ["𠮷田工厂", "𰻝面馆子", "㛃䶮𬭎", "R&D研发", "C++软件", "a$b=c", "100%棉", "é清café"]
)
def test_rare_characters_and_signs_are_found(find, cast, text):
    record_visit(cast, cast.li, notes=f"走访{text}情况")
    assert find(text) and find(text[:4])


def test_an_officer_is_found_by_name_and_police_number(find, cast):
    index_many([("officer", cast.li.pk, (cast.li.name, "xiaoli", "xl", cast.li.police_number), 0)])
    assert (
        find("0100001") == ["小李"]
        and find("100001") == ["小李"]
        and find("xl") == ["小李"]
        and find("小李") == ["小李"]
    )


def test_a_key_project_is_found_by_its_number(find):
    assert find("zd-001") == ["鹿城总部大厦"] and find("总部大厦") == ["鹿城总部大厦"]


def test_a_name_that_was_changed_is_found_by_the_new_one_alone(find, cast):
    enterprise_change(
        row=cast.chint, values={"name": "乐清德力西电气有限公司"}, version=1, by=cast.wu
    )
    assert not find("正泰") and find("dlx") == ["乐清德力西电气有限公司"]


def test_a_removed_entry_is_found_no_more(db):
    index_entry("visit", 1, "甲乙")
    remove_entry("visit", 1)
    assert not candidates("visit", "甲乙").exists()


def test_nobody_finds_what_is_not_theirs(find, cast):
    record_visit(cast, cast.li, notes="谈到秘密配方")
    assert find("秘密配方", cast.li) and find("秘密配方", cast.county_manager)
    for person in (
        cast.sun,
        cast.wu,
        cast.other_manager,
        cast.system_admin,
        cast.security_admin,
        cast.audit_admin,
    ):
        assert not find("秘密配方", person)
    assert "乐清正泰电器有限公司" not in find("有限公司", cast.li)
    assert find("森马", cast.li) and not find("森马", cast.wu)


def test_the_best_comes_first(find, cast):
    def enterprise(name, unit):
        row = Enterprise(name=name, unit=unit, division=cast.lucheng)
        row.full_clean()
        row.save()
        index_many([("enterprise", row.pk, (name, "pinyin"), 0)])

    enterprise("温州大森马具厂", cast.wuma)
    enterprise("森马鞋厂", cast.wuma)
    enterprise("森马", cast.wuma)
    # The exact name, one's own, names that begin with it, names that hold it.
    assert find("森马", cast.li)[:4] == [
        "森马",
        "温州森马服饰有限公司",
        "森马鞋厂",
        "温州大森马具厂",
    ]
    assert find("91330300MA90000540", cast.li)[0] == "温州森马服饰有限公司"


def test_the_newest_visit_comes_first_and_withdrawn_ones_never(find, cast):
    record_visit(cast, cast.li, notes="谈到消防通道")
    record_visit(cast, cast.zhang, cast.hotel, notes="再谈消防通道")
    assert [title.split()[0] for title in find("消防通道")] == [
        "温州五马酒店有限公司",
        "温州森马服饰有限公司",
    ]


def test_an_excerpt_shows_the_words_that_were_found(cast, as_user):
    record_visit(cast, cast.li, notes=f"{'前' * 60}消防、通道{'后' * 60}<b>")
    text = as_user(cast.li).get(reverse("search"), {"q": "消防通道"}).content.decode()
    assert f"…{'前' * 18}消防、通道{'后' * 18}…" in text


def test_an_excerpt_shows_the_words_as_they_were_written():
    notes = "企业反映：厂区照明不足，希望加强巡逻。\n（ＡＢＣ路口）"
    assert "照明不足，希望加强巡逻" in excerpt(notes, "不足希望") and "（ＡＢＣ路口）" in excerpt(
        notes, "abc路"
    )


@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
def test_statements_do_not_grow_with_what_is_found(cast, as_user, monkeypatch, many):
    monkeypatch.setattr("crm.search.index.FEW", 3)
    for _visit in range(12 if many else 2):
        record_visit(cast, cast.li, notes="有限公司的情况")
    for person, most in (
        (cast.li, 9),
        (cast.head, 9),
        (cast.county_manager, 9),
        (cast.city_manager, 8),
    ):
        client = as_user(person)
        client.get(reverse("search"))  # the first request of a session notes the time in it
        with CaptureQueriesContext(connection) as statements:
            assert (
                client.get(
                    reverse("search"), {"q": "有限公司"}, headers={"HX-Request": "true"}
                ).status_code
                == 200
            )
        assert len(statements) <= most, [s["sql"] for s in statements]


def test_a_page_without_javascript_says_what_to_type(cast, as_user):
    client = as_user(cast.li)
    assert client.get(reverse("search")).status_code == 200
    assert "森马" in client.get(reverse("search"), {"q": "sm"}).content.decode()
