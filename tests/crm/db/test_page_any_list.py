"""Whatever list, person, filters, order and size of page: the pages one after another are the rows
of the scope that meet the filters, in their order.
"""

import datetime

import pytest
from django.urls import get_resolver
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from crm.db.paging import page_by_key
from crm.db.scope import reach
from crm.pages.generic.lists import LISTS
from liaisons.models import Assignment, Contact, Enterprise, KeyProject
from tests.cast import record_visit
from tests.crm.db.scoped import PEOPLE, build_city, person_of
from visits.models import CommonCause

pytestmark = pytest.mark.django_db


def names_of_lists():
    """The lists whose rows are in or out of somebody's reach."""
    get_resolver().url_patterns  # noqa: B018 (loads the views)
    return sorted(name for name, view in LISTS.items() if hasattr(view.model, "scope_q"))


def plain_rows(view, user, condition):
    """What ``user`` may see of a list, as one query with one condition."""
    rows = view.rows_for(user)
    return rows.few() if rows.query.annotations else view.model.objects.filter(condition)


@pytest.fixture
def city(cast):
    """Rows enough for several pages, with names and days that come again; some are seen by several
    alternatives of a scope.
    """
    build_city(cast)
    units = (cast.wuma, cast.wuma, cast.nanmen, cast.liushi, cast.county, None)
    officers = (cast.li, cast.zhang, cast.sun, cast.wu, cast.head)
    for number in range(36):
        enterprise = Enterprise.objects.create(
            name=f"瓯江{number % 4}厂",
            core_name="瓯江",
            unit=units[number % 6],
            division=cast.lucheng if number % 2 else None,
            industry=cast.hotels,
            waiting_since=cast.today - datetime.timedelta(days=number % 5),
            status="suspended" if number % 3 else "active",
        )
        officer = officers[number % 5]
        if number % 2:
            Assignment.objects.create(
                officer=officer.officer, enterprise=enterprise, starts_on=cast.today
            )
        KeyProject.objects.create(
            code=f"P-{number}",
            name=f"工程{number % 3}",
            enterprise=enterprise,
            unit=units[-1 - number % 6],
        )
        Contact.objects.create(enterprise=enterprise, name="王", name_index="", work_phone="")
        CommonCause.objects.create(
            title=f"停车难{number % 3}",
            lead_unit=enterprise.unit or cast.city,
            lead_officer=officer.officer if number % 4 else None,
            created_by=officers[-1 - number % 5],
        )
        if number % 2 and enterprise.unit == officer.unit:
            record_visit(
                cast,
                officer,
                enterprise,
                companions=[cast.zhang.officer] if officer != cast.zhang else [],
                problems=[{"title": "停车难", "urgency": "normal"}],
            )
    return cast


def values_for(field):
    """Values of a filter's field: those it offers, days, or a piece of text."""
    if hasattr(field, "queryset"):
        key = field.to_field_name or "pk"
        return [str(getattr(row, key)) for row in field.queryset[:3]]
    if hasattr(field, "choices"):
        return [str(value) for value, _label in iter(field.choices) if value not in ("", None)][:6]
    kind = type(field).__name__
    if "Date" in kind:
        return ["2020-01-01", datetime.date.today().isoformat()]
    return ["1"] if "Boolean" in kind or "Number" in kind else ["瓯江", "停车"]


def pages_of(rows, ordering, size):
    """The pages forwards, and again backwards from the last one."""
    pages, cursor = [], None
    while True:
        page = page_by_key(rows, ordering, size=size, cursor=cursor)
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    back, cursor = [pages[-1]], pages[-1].previous_cursor
    while cursor is not None:
        back.append(page_by_key(rows, ordering, size=size, cursor=cursor))
        cursor = back[-1].previous_cursor
    return pages, back


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_the_pages_of_a_list_are_its_rows_in_order(city, data):
    view = LISTS[data.draw(st.sampled_from(names_of_lists()))]
    user = person_of(city, data.draw(st.sampled_from(PEOPLE)))
    condition = reach(user, "view", view.model)
    if condition is None:
        assert list(page_by_key(view.rows_for(user), ("pk",), size=3)) == []
        return
    form = view.filterset_class({}, queryset=view.rows_for(user), user=user).form
    offered = {name: found for name in form.fields if (found := values_for(form.fields[name]))}
    names = data.draw(st.lists(st.sampled_from(sorted(offered)), max_size=2, unique=True))
    query = {name: data.draw(st.sampled_from(offered[name])) for name in names}
    sorts = [column.key for column in view.columns if column.ordering] + sorted(view.orderings)
    sort = data.draw(st.sampled_from(["", *sorts, *(f"-{name}" for name in sorts)]))
    ordering, size = view.ordering_of(sort), data.draw(st.integers(1, 12))
    note(f"{view.name} {user} {query} {ordering} {size}")

    asked, plainly = (
        view.filterset_class(query, queryset=rows, user=user)
        for rows in (view.rows_for(user), plain_rows(view, user, condition))
    )
    if not plainly.is_valid():
        assert not asked.is_valid()
        return
    assert asked.is_valid()
    expected = list(plainly.qs.order_by(*ordering).values_list("pk", flat=True))
    pages, back = pages_of(asked.qs, ordering, size)
    assert [row.pk for page in pages for row in page] == expected
    assert [row.pk for page in reversed(back) for row in page] == expected
    assert all(len(page) == size for page in pages[:-1])


def test_there_are_rows_of_each_list_to_page(city):
    """Else the property would hold of nothing."""
    names = names_of_lists()
    assert len(names) >= 10
    for name in names:
        model = LISTS[name].model
        assert model.objects.count() >= 3, (
            f"Add a Sample of {model.__name__} to tests/samples.py, or rows to tests/crm/db/scoped.py."
        )
    rows = Enterprise.objects.visible_to(city.li)
    alternatives = rows.alternatives()
    assert len(alternatives) > 1 and rows.count() > 12
