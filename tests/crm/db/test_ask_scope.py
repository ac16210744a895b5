"""``may`` answers as the scope, however it comes to know; and a scope stays in a query whatever is
made of it.
"""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, Q, Value
from django.test.utils import CaptureQueriesContext

from crm.db.paging import _keys_by_alternative
from crm.db.querysets import PartedScope, ScopeNode
from crm.db.scope import Scope, is_as_read, may, reach, told_by
from liaisons.models import Enterprise
from tests.cast import build_cast
from tests.crm.db.scoped import PEOPLE, build_city, person_of, scoped_models
from visits.models import Photo, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(kept_for_module):
    return kept_for_module(lambda: build_city(build_cast()))


@pytest.fixture
def city(built, db):
    return built()


def actions_of(model):
    return {*model.roles_for, "view", "change", "no such action"}


def seen_by(user, action, model):
    return set(model.objects.visible_to(user, action).values_list("pk", flat=True))


def claimed_by(user, row):
    """``row`` changed in memory so that each of its columns says that it is ``user``'s."""
    for field in row._meta.concrete_fields:
        if not field.is_relation:
            continue
        of = field.related_model._meta.label
        if of in ("crm.User", "liaisons.Officer"):
            setattr(row, field.attname, user.pk)
        elif of == "crm.Unit":
            setattr(row, field.attname, getattr(user, "unit_id", None))
    return row


@pytest.mark.parametrize("person", [*PEOPLE, ""])
def test_may_answers_as_the_scope_for_every_noun_action_and_row(city, person):
    wrong = []
    for model in scoped_models():
        keys = list(model.objects.values_list("pk", flat=True))
        assert keys, (
            f"Add a Sample of {model.__name__} to tests/samples.py, or a row to tests/crm/db/scoped.py."
        )
        for action in actions_of(model):
            user = person_of(city, person)
            seen = seen_by(user, action, model)
            rows = {
                "as read": list(model.objects.all()),
                "by its key alone": list(model.objects.only("pk")),
                "changed in memory": [claimed_by(user, row) for row in model.objects.all()],
                "not noted as read": list(model.objects.all()),
                "gone": [model(pk=max(keys) + 10**6)],
                "not written": [claimed_by(user, model())],
            }
            for row in rows["not noted as read"]:
                row._state.__dict__.pop("read", None)
            rows["not written"][0].pk = None
            for how, some in rows.items():
                wrong += [
                    (model.__name__, action, row.pk, how)
                    for row in some
                    if may(user, action, row) != (row.pk in seen)
                ]
    assert not wrong


def statements_of(ask):
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    return answer, len(captured)


@pytest.mark.parametrize(
    ("person", "action", "expected", "count"),
    [
        ("li", "view", True, 0),  # mine
        ("head", "view", True, 0),  # my unit's
        ("city_manager", "change", True, 0),  # nothing is out of reach
        ("wu", "change", False, 0),  # neither mine nor my unit's, and there is no more to it
        ("wu", "view", False, 1),  # assigned, or accompanied? The columns do not tell
        ("audit_admin", "view", False, 0),  # not with any
    ],
)
def test_what_a_row_that_was_read_tells_needs_no_statement(city, person, action, expected, count):
    user, visit = person_of(city, person), Visit.objects.filter(officer=city.li.pk).first()
    Scope.of(user).units  # noqa: B018 (asked once a request)
    assert statements_of(lambda: may(user, action, visit)) == (expected, count)


def test_what_was_just_written_is_asked_for_by_what_it_promises(city):
    user, visit = person_of(city, "li"), Visit.objects.filter(officer=city.li.pk).first()
    Scope.of(user).units  # noqa: B018
    visit.save()
    visit._state.read = None
    assert statements_of(lambda: may(user, "view", visit)) == (True, 1)
    visit.officer_id = city.wu.pk  # nothing is promised: the whole scope is asked
    assert statements_of(lambda: may(user, "view", visit)) == (True, 1)


def test_a_row_changed_in_memory_or_written_is_not_as_read(city):
    visit = Visit.objects.first()
    assert is_as_read(visit) and is_as_read(Visit.objects.only("uid").first())
    visit.version += 1
    assert not is_as_read(visit)
    visit.version -= 1
    assert is_as_read(visit)
    visit.officer_id = city.wu.pk
    assert not is_as_read(visit) and not is_as_read(Visit())


def test_columns_tell_of_sets_and_of_emptiness_only(city):
    visit = Visit.objects.filter(officer=city.li.pk).first()
    mine, other = frozenset({visit.officer_id}), frozenset()
    told = {
        True: [
            Q(),
            Q(officer__in=mine),
            Q(officer__in=mine) | Q(pk__in=[1]),
            Q(contact__isnull=True, officer__in=mine),
            Q(officer__in=other) | Q(contact__isnull=True),
        ],
        False: [
            Q(officer__in=other),
            Q(officer__in=other) & Q(pk__in=[1]),
            Q(contact__isnull=False),
            Q(officer__in=other) | Q(contact__isnull=False),
        ],
        None: [
            Q(pk__in=Visit.objects.values("pk")),
            Q(officer__in=other) | Q(pk__in=[1]),
            ~Q(officer__in=other),
            Q(officer__in=mine) ^ Q(pk__in=[1]),
            Q(officer__name="小李"),
            Q(officer__unit__in=mine),
            Q(Value(True)),
            Q(notes__in=frozenset({"x"})) & Q(pk__in=[1]) if visit.notes == "x" else Q(pk=visit.pk),
        ],
    }
    for expected, conditions in told.items():
        for condition in conditions:
            assert told_by(visit, condition) is expected, condition
    assert told_by(Visit.objects.only("uid").first(), Q(officer__in=mine)) is None


@pytest.mark.parametrize("person", PEOPLE)
def test_the_alternatives_of_a_scope_are_the_scope(city, person):
    """Each is part of it, and together they are all of it."""
    parted = 0
    for model in scoped_models():
        for action in actions_of(model):
            user = person_of(city, person)
            rows = model.objects.visible_to(user, action)
            condition = reach(user, action, model)
            expected = (
                set(model.objects.filter(condition).values_list("pk", flat=True))
                if (condition is not None)
                else set()
            )
            assert set(rows.values_list("pk", flat=True)) == expected, (model, action)
            alternatives = rows.alternatives()
            parted += bool(alternatives)
            for alternative in alternatives:
                assert set(_keys_by_alternative([alternative], ("pk",), 10**6)) <= expected
            if alternatives:
                found = _keys_by_alternative(alternatives, ("pk",), 10**6)
                assert set(found) == expected, (model, action)
    assert parted or person in ("city_manager", "zhao") or person.endswith("admin")


MADE_OF_IT = {
    "filtered": lambda rows: rows.filter(pk__gt=0),
    "excluded": lambda rows: rows.exclude(pk=0),
    "either": lambda rows: rows.filter(Q(pk__gt=0) | Q(pk__lt=0)),
    "ordered": lambda rows: rows.order_by("-pk").reverse(),
    "related": lambda rows: rows.select_related("unit").defer("name"),
    "annotated": lambda rows: rows.annotate(one=Value(1), again=F("pk")).filter(one=1),
    "distinct": lambda rows: rows.distinct(),
    "sliced": lambda rows: rows.order_by("pk")[:1000],
    "united": lambda rows: rows.union(rows),
    "joined": lambda rows: rows | rows,
    "joined with none": lambda rows: rows | rows.filter(pk=0),
    "both": lambda rows: rows & rows,
    "both with all": lambda rows: rows & Enterprise.objects.all(),
    "all with both": lambda rows: Enterprise.objects.all() & rows,
    "within": lambda rows: Enterprise.objects.filter(pk__in=rows.values("pk")),
    "few": lambda rows: rows.few(),
    "twice": lambda rows: rows.visible_to(rows.asker),
    "narrowed": lambda rows: Enterprise.objects.filter(
        pk__in=_keys_by_alternative(rows.filter(pk__gt=0).alternatives(), ("pk",), 1000)
    ),
}


@pytest.mark.parametrize("person", ["li", "zhang", "he", "head", "other_manager"])
@pytest.mark.parametrize("made", MADE_OF_IT)
def test_a_scope_stays_in_whatever_is_made_of_the_query(city, person, made):
    user = person_of(city, person)
    rows = Enterprise.objects.visible_to(user)
    rows.asker = user
    expected = sorted(Enterprise.objects.filter(reach(user, "view", Enterprise)), key=id_of)
    assert 0 < len(expected) < Enterprise.objects.count()
    assert sorted(MADE_OF_IT[made](rows), key=id_of) == expected


def id_of(row):
    return row.pk


def test_alternatives_leave_the_query_they_are_made_of_as_it_is(city):
    rows = Enterprise.objects.visible_to(city.li).filter(status="active")
    before = str(rows.query)
    alternatives = rows.alternatives()
    assert len(alternatives) == 2 and str(rows.query) == before
    for alternative in alternatives:
        [node] = [c for c in alternative.rows.query.where.children if isinstance(c, ScopeNode)]
        assert len(node) == 1 and not isinstance(node, PartedScope)
        assert alternative.rows.alternatives() == []
    assert rows.few().alternatives() == [] and rows.alternatives()
    assert Enterprise.objects.all().alternatives() == []
    assert (rows | Enterprise.objects.filter(pk=0)).alternatives() == []


def test_a_scope_of_one_condition_has_no_alternatives(city):
    assert Photo.objects.visible_to(city.li).alternatives()
    for model in scoped_models():
        if getattr(model, "personal", False) and model.__name__ in ("Job", "Notice", "SavedLink"):
            assert model.objects.visible_to(city.li).alternatives() == []
    assert not Visit.objects.visible_to(AnonymousUser()).exists()
