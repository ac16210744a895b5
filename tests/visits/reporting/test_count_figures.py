"""Every figure says exactly how many rows its link opens, for every manager and every filter."""

import datetime
import itertools
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.calendar import midnight
from crm.db.scope import Scope
from liaisons.models import Enterprise, KeyProject
from tests.cast import record_visit
from visits.models import Problem, Visit
from visits.problems.services import problem_register
from visits.recording.services import visit_withdraw
from visits.reporting import rollups
from visits.reporting.dashboard import Dashboard
from visits.reporting.figures import Cut, Months, sums_by_unit
from visits.reporting.figures.definitions import COVERAGE, NEVER_VISITED, OPEN, OVERDUE, VISITS

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(cast):
    """The cast after four months of work, with everything that is easily counted wrong."""
    noon = timezone.localtime().replace(hour=12, minute=0) - datetime.timedelta(days=1)
    cast.bare = Enterprise.objects.create(name="无主企业有限公司", core_name="无主企业", unit=None)
    cast.closed = Enterprise.objects.create(
        name="已注销有限公司",
        core_name="已注销",
        unit=cast.wuma,
        division=cast.lucheng,
        status="closed",
    )
    cast.of_county = Enterprise.objects.create(
        name="分局直管企业", core_name="分局直管", unit=cast.county, division=cast.lucheng
    )
    kinds = itertools.cycle(("door", "phone", "meeting", "came", "chat"))
    for days, (who, enterprise) in zip(
        range(0, 110, 7),
        itertools.cycle(
            [
                (cast.li, cast.semir),
                (cast.li, cast.hotel),
                (cast.wu, cast.chint),
                (cast.county_manager, cast.semir),
            ]
        ),
        strict=False,
    ):
        record_visit(
            cast, who, enterprise, kind=next(kinds), started_at=noon - datetime.timedelta(days=days)
        )
    record_visit(cast, cast.city_manager, cast.bare, started_at=noon)
    record_visit(cast, cast.head, cast.closed, started_at=noon)
    withdrawn = record_visit(cast, cast.sun, cast.shoes, started_at=noon)
    visit_withdraw(visit=withdrawn, reason="误录", by=cast.sun)
    for number, (enterprise, who) in enumerate(
        [(cast.semir, cast.li), (cast.hotel, cast.li), (cast.chint, cast.wu), (cast.semir, cast.li)]
    ):
        problem, _created = problem_register(
            uid=uuid.uuid4(),
            payload=str(number),
            by=who,
            values={
                "enterprise": enterprise,
                "title": f"诉求{number}",
                "solved_on_spot": number == 3,
            },
        )
        if number == 0:
            Problem.objects.filter(pk=problem.pk).update(
                due_on=cast.today - datetime.timedelta(days=1), overdue_from=midnight(cast.today)
            )
        if number == 1:
            Problem.objects.filter(pk=problem.pk).update(
                due_on=cast.today, overdue_from=midnight(cast.today + datetime.timedelta(days=1))
            )
    KeyProject.objects.create(
        code="ZD-002",
        name="正泰新厂",
        enterprise=cast.chint,
        unit=cast.liushi,
        division=cast.yueqing,
    )
    # Moved afterwards: the visits made at 五马 stay 五马's, the manager's own visits elsewhere are no
    # one's below.
    cast.li.unit = cast.nanmen
    cast.li.save()
    return cast


def rows_behind(client, url):
    """How many rows a list shows over all its pages."""
    count = 0
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, url
        count += len(answer.context["rows"])
        url = answer.context["next_url"]
    return count


def shown_everywhere(board):
    """Every figure of a dashboard with its number and address: tiles, months, lines of the table,
    stages.
    """
    for shown in board.tiles():
        yield shown.number, shown.url, shown.figure.key
    for month in board.months():
        for bar in month["bars"]:
            yield (
                bar["shown"].number,
                bar["shown"].url,
                f"{bar['shown'].figure.key} {month['month']}",
            )
    for row in board.rows():
        for shown in row.cells.values():
            yield shown.number, shown.url, f"{shown.figure.key} {row.name}"
    for stage in board.stages():
        yield stage["number"], stage["url"], stage["label"]


QUESTIONS = [
    {},
    {"period": "this_month"},
    {"period": "last_month"},
    {"period": "this_year", "division": "330302"},
    {"division": "330300"},
    {"section": "C"},
    {"division": "330302", "section": "H"},
    {"kind": "door"},
    {"kind": "phone", "section": "C"},
]


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda q: " ".join(f"{k}={v}" for k, v in q.items()) or "default"
)
@pytest.mark.parametrize("person", ["head", "county_manager", "city_manager"])
def test_every_figure_opens_the_rows_it_counted(busy, as_user, person, question):
    if question.get("division") == "330300":
        busy.city.division_id = "330300"
        busy.city.save()
    client = as_user(getattr(busy, person))
    answer = client.get(reverse("dashboard"), question)
    assert answer.status_code == 200
    board, opened = answer.context["board"], {}
    for number, url, what in shown_everywhere(board):
        if number is None:
            assert not url
        else:
            if url not in opened:
                opened[url] = rows_behind(client, url)
            assert opened[url] == number, (what, url)
    assert len(opened) > 10


def test_lines_of_the_table_add_up_to_the_tiles(busy, as_user):
    board = as_user(busy.city_manager).get(reverse("dashboard")).context["board"]
    tiles = {shown.figure.key: shown for shown in board.tiles()}
    rows = board.rows()
    assert {row.name for row in rows} == {
        "鹿城区分局",
        "乐清市公安局",
        "温州市公安局（本级）",
        "未明确责任单位",
    }
    for key in rows[0].cells:
        assert sum(row.cells[key].number or 0 for row in rows) == tiles[key].number
        if tiles[key].out_of is not None:
            assert sum(row.cells[key].out_of or 0 for row in rows) == tiles[key].out_of


def test_the_denominator_holds_the_never_visited(busy, as_user):
    tiles = {
        s.figure: s
        for s in as_user(busy.county_manager).get(reverse("dashboard")).context["board"].tiles()
    }
    # 森马 and 五马酒店 were visited; 南门鞋业 only withdrawn, 分局直管企业 never; the deregistered one counts
    # nowhere.
    assert (tiles[COVERAGE].number, tiles[COVERAGE].out_of, tiles[COVERAGE].share) == (2, 4, 0.5)
    assert tiles[NEVER_VISITED].number == 2
    assert (tiles[OPEN].number, tiles[OVERDUE].number) == (2, 1)


def this_year(cast):
    return Months(cast.today.replace(month=1, day=1), cast.today.replace(day=1))


def counted(figure, cut, user):
    sums = sums_by_unit(cut)
    assert set(sums) - {None} <= set(Scope.of(user).units)
    return sum(counts[figure.count] for counts in sums.values())


def test_coverage_follows_the_responsible_unit_and_visits_the_visiting_one(cast):
    noon = timezone.localtime().replace(hour=12, minute=0) - datetime.timedelta(days=1)
    record_visit(cast, cast.county_manager, cast.semir, started_at=noon)
    cut = Cut(Months(noon.date().replace(day=1), noon.date().replace(day=1)), unit=cast.wuma)
    assert (counted(COVERAGE, cut, cast.head), counted(VISITS, cut, cast.head)) == (1, 0)
    above = cut.of_unit(cast.county)
    assert (
        counted(COVERAGE, above, cast.county_manager),
        counted(VISITS, above, cast.county_manager),
    ) == (1, 1)


def test_the_same_question_asked_again_is_answered_anew(cast, monkeypatch):
    problem, _created = problem_register(
        uid=uuid.uuid4(),
        payload="1",
        by=cast.li,
        values={"enterprise": cast.semir, "title": "停车难"},
    )
    cut = Cut(this_year(cast), unit=cast.wuma)
    assert (
        counted(VISITS, cut, cast.head),
        counted(OPEN, cut, cast.head),
        counted(OVERDUE, cut, cast.head),
    ) == (0, 1, 0)
    record_visit(cast, cast.li)
    now = timezone.now()
    Problem.objects.filter(pk=problem.pk).update(overdue_from=now + datetime.timedelta(minutes=5))
    assert (counted(VISITS, cut, cast.head), counted(OVERDUE, cut, cast.head)) == (1, 0)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: now + datetime.timedelta(minutes=6))
        assert counted(OVERDUE, cut, cast.head) == 1
    cast.wuma.path = cast.nanmen.path
    assert sum(counts["visits"] for counts in sums_by_unit(cut).values()) == 0


def test_a_visit_five_years_ago_lies_in_another_era(cast):
    visit = record_visit(cast, cast.li)
    Visit.objects.filter(pk=visit.pk).update(held_on=datetime.date(2024, 12, 31))
    other = record_visit(cast, cast.li, cast.hotel)
    Visit.objects.filter(pk=other.pk).update(held_on=datetime.date(2025, 1, 1))
    rollups.rebuild_rollups()
    months = {n: datetime.date(2024 + (n > 12), (n - 1) % 12 + 1, 1) for n in range(1, 25)}
    for first, last, expected in (
        (1, 11, 0),
        (12, 12, 1),
        (13, 13, 1),
        (12, 13, 2),
        (1, 24, 2),
        (14, 24, 0),
    ):
        cut = Cut(Months(months[first], months[last]), unit=cast.wuma)
        assert counted(COVERAGE, cut, cast.head) == counted(VISITS, cut, cast.head) == expected, (
            first,
            last,
        )


def test_overdue_is_one_definition(busy, as_user):
    problem = Problem.objects.get(title="诉求0")
    assert problem.is_overdue and not Problem.objects.get(title="诉求1").is_overdue
    board = Dashboard(Cut(this_year(busy), unit=busy.wuma), [busy.wuma])
    assert (
        board.sums[busy.wuma.pk]["overdue"]
        == rows_behind(as_user(busy.head), f"{reverse('problem_list')}?overdue=1&unit=33030201")
        == 1
    )


def test_the_list_of_enterprises_is_filtered_by_visits(busy, as_user):
    client, address = as_user(busy.city_manager), reverse("enterprise_list")

    def names(**query):
        answer = client.get(address, query)
        assert answer.status_code == 200
        return {row["cells"][0]["value"] for row in answer.context["rows"]}

    everyone, day = names(), datetime.timedelta(days=1)
    assert names(visited="yes") | names(visited="no") == everyone and not names(
        visited="yes"
    ) & names(visited="no")
    assert busy.shoes.name in names(visited="no")  # its visit was withdrawn
    assert names(visited_from=busy.today + day) == set() and names(visited_to=busy.today) == names(
        visited="yes"
    )
    assert (
        names(visited_kind="chat")
        == names(visited="yes", visited_kind="chat")
        != names(visited="yes")
    )
    assert client.get(address, {"visited": "perhaps"}).status_code == 400
