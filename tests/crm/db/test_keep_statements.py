"""A kept statement answers as its plain queryset, whatever it is asked with; what would not is
refused.
"""

import datetime
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from django.db.models import Count, F, Value
from django.db.models.functions import Left, Lower
from django.utils import timezone, translation
from django.utils.translation import gettext

from api.core.fields import RefSet
from api.models import ApiToken
from api.tokens.services import token_issue
from api.urls import NOUNS
from crm.db.given import CannotBeKept
from crm.db.kept import KEPT, KeptQuery
from crm.models import Division, Notice, Unit, User
from liaisons.models import Enterprise
from tests.cast import record_visit
from visits.models import Problem
from visits.reporting.figures import Cut, Months, counts

pytestmark = pytest.mark.django_db

KEY = Enterprise._meta.pk


@pytest.fixture
def city(cast):
    """The cast with visits, problems (one overdue) and tokens (of one account ended, one expired)."""
    for number in range(3):
        record_visit(
            cast,
            cast.li,
            topics=[cast.safety, cast.fraud][: number % 3],
            companions=[cast.zhang.officer][: number % 2],
            services=[cast.advice][: number % 2],
            problems=[{"title": f"停车难{number}", "urgency": "normal"}],
        )
    record_visit(cast, cast.wu, cast.chint, problems=[{"title": "噪声", "urgency": "normal"}])
    past = timezone.now() - datetime.timedelta(days=1)
    Problem.objects.filter(title="停车难0").update(overdue_from=past)
    cast.tokens = [
        token_issue(name="test", days=1, by=user)[0] for user in (cast.li, cast.wu, cast.zhang)
    ]
    User.objects.filter(pk=cast.wu.pk).update(is_active=False)
    ApiToken.objects.filter(pk=cast.tokens[2].pk).update(
        created_at=past - datetime.timedelta(days=1), expires_at=past
    )
    return cast


def make_all(cast):
    """Make the statements that are made when they are first needed: of every noun of the API, and
    of the dashboard's questions.
    """
    for view in NOUNS.values():
        plan = view.serializer_class.plan()
        plan.by(view.lookup_field)
        plan.kept_by(view.lookup_field)
        for _name, field in plan.sets:
            assert isinstance(field, RefSet) and field.links_of_one
    this = timezone.localdate().replace(day=1)
    long = Months(this.replace(year=this.year - 6), this)
    for cut in (
        Cut(months=Months(this, this)),
        Cut(months=long, unit=cast.county),
        Cut(months=long, unit=cast.wuma, itself=True, kind="door", section="C"),
        Cut(months=long, itself=True, division=Division.objects.get(pk="330300")),
        Cut(months=Months(this, this), unit=cast.wuma, kind="phone", division=cast.lucheng),
    ):
        for make in (
            counts._by_month,
            counts._stages,
            counts._enterprises,
            counts._enterprises_since,
            counts._visits,
            counts._problems,
        ):
            counts.kept_count(make, cut, cut.unit and cut.unit.path, tuple(cut.divisions))


def kept_statements(cast):
    """Every kept statement of the house."""
    make_all(cast)
    return sorted(
        (kept for kept in KEPT if not kept.builder.startswith("tests.")), key=lambda k: k.name
    )


def some_of(field):
    """Values that a unique column holds, and values that it does not."""
    held = list(field.model._base_manager.values_list(field.attname, flat=True))
    if isinstance(field, models.UUIDField):
        return [*held, uuid.uuid4(), uuid.UUID(int=0)]
    if isinstance(field, models.CharField):
        return [*held, "", "none", "%", "_", "\\", "'", held[0].lower(), f" {held[0]}", "温" * 500]
    return [*held, 0, -1, 2**63 - 1]


def moments():
    """Moments long ago, beside and far ahead, on the second of some row's."""
    now, days = timezone.now(), datetime.timedelta(days=400)
    due = Problem.objects.filter(overdue_from__isnull=False).values_list("overdue_from", flat=True)
    return [now - days, now, now + days, *due[:2]]


def each_with(first, second):
    return [(one, other) for one in first for other in second]


def keys(_cast, kept):
    return [(value,) for value in some_of(kept.fields[0])]


def keys_and_moments(_cast, kept):
    if len(kept.fields) == 1:
        return keys(_cast, kept)
    return each_with(some_of(kept.fields[0]), moments())


def digests(cast, _kept):
    held = [token.digest for token in cast.tokens]
    edges = [token.expires_at for token in cast.tokens]
    return each_with([*held, "", "0" * 64], [*moments(), *edges])


def nothing(_cast, _kept):
    return [()]


def only_moments(_cast, _kept):
    return [(moment,) for moment in moments()]


def days(cast, _kept):
    return [(cast.today - datetime.timedelta(days=ago),) for ago in (-1, 0, 1, 500, 20000)]


#: The builder of a kept statement → a function (city, statement) that gives tuples of values to ask
#: it with: what there is, what there is not, and what lies on the edge.
SAMPLES = {
    "crm.auth.active_account": keys,
    "api.core.authentication.holders": digests,
    "api.core.authentication.writing_holders": digests,
    "api.core.rows.RowPlan.kept_by.row_by": keys_and_moments,
    "api.core.fields.RefSet.links": keys,
    "visits.reporting.figures.counts._by_month": nothing,
    "visits.reporting.figures.counts._stages": nothing,
    "visits.reporting.figures.counts._enterprises": nothing,
    "visits.reporting.figures.counts._enterprises_since": days,
    "visits.reporting.figures.counts._visits": nothing,
    "visits.reporting.figures.counts._problems": only_moments,
}


def told(row, seen=()):
    """A row of an answer as a value that can be compared: an instance by all that it holds, and the
    instances beside it.
    """
    if not isinstance(row, models.Model) or row in seen:
        return row
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    beside = row._state.fields_cache.items()
    return type(row), held, {name: told(other, (*seen, row)) for name, other in beside}


def answers(rows, ordered):
    found = [told(row) for row in rows]
    return found if ordered else sorted(found, key=repr)


def test_every_kept_statement_answers_as_its_plain_queryset(city):
    statements = kept_statements(city)
    unsampled = {kept.builder for kept in statements} - SAMPLES.keys()
    assert not unsampled, (
        f"Say in SAMPLES what {sorted(unsampled)} are to be asked with: values that find rows, values"
        " that find none, and those on the edge."
    )
    assert SAMPLES.keys() == {kept.builder for kept in statements}, "SAMPLES names what is gone."
    found = set()
    for kept in statements:
        samples = SAMPLES[kept.builder](city, kept)
        for values in samples:
            plain = kept.plain(*values)
            expected = answers(plain, plain.ordered)
            assert answers(kept(*values), plain.ordered) == expected, (kept.name, values)
            if expected:
                found.add(kept.builder)
    assert found == SAMPLES.keys(), "These never found a row: their samples say nothing."


def test_every_kept_statement_is_the_same_on_every_day_and_in_every_language(city, clock):
    """What a builder reads off the clock would stay as it was (the year of today, which no rule
    of kinds finds).
    """
    statements = kept_statements(city)

    def compiled():
        texts = []
        for kept in statements:
            statement = kept.compiled(connection)
            texts.append((kept.name, statement.sql, repr(statement.params)))
        return texts

    before = compiled()
    clock("2031-03-15", "23:59")
    with translation.override("en"):
        assert compiled() == before
    clock("2026-01-01", "00:00")
    assert compiled() == before


def by_prefetching(key):
    return Enterprise.objects.filter(pk=key).prefetch_related("contacts")


def by_locking(key):
    return Enterprise.objects.filter(pk=key).select_for_update()


def of_another_database(key):
    return Enterprise.objects.using("other").filter(pk=key)


def of_one_row(key):
    return Unit(pk=1).people.filter(pk=key)


def of_a_person(key):
    person = User(role="officer", is_active=True, pk=7)
    return Enterprise.objects.visible_to(person).filter(pk=key)


def of_a_person_alone(key):
    return Notice.objects.visible_to(User(role="officer", is_active=True, pk=7)).filter(pk=key)


def asked_already(key):
    rows = Enterprise.objects.all()
    list(rows)
    return rows


def asked_with_what_is_given(key):
    return Enterprise.objects.filter(pk__in=list(Enterprise.objects.filter(pk=key)))


def without_what_is_given(key):
    return Enterprise.objects.all()


def no_queryset(key):
    return Enterprise.objects.filter(pk=key).first


def of_none(key):
    return Enterprise.objects.filter(pk=key, status__in=[])


def none_at_all(key):
    return Enterprise.objects.none()


def among_what_is_given(key):
    return Enterprise.objects.filter(pk__in=key)


def as_many_as_given(key):
    return Enterprise.objects.filter(pk__gt=0)[:key]


def branching(key):
    return Enterprise.objects.filter(pk=key) if key else Enterprise.objects.all()


def comparing(key):
    return Enterprise.objects.filter(pk=1 if key == 7 else key)


def negating(key):
    return Enterprise.objects.all() if not key else Enterprise.objects.filter(pk=key)


def counting_on(key):
    return Enterprise.objects.filter(pk=key + 1)


def counting_on_columns(key):
    return Enterprise.objects.filter(pk=F("pk") + key)


def annotated(key):
    return Enterprise.objects.annotate(given=Value(key))


def annotated_raw(key):
    return Enterprise.objects.annotate(given=key)


def by_year(key):
    return Enterprise.objects.filter(waiting_since__year=key)


def since_this_moment(key):
    return Enterprise.objects.filter(pk=key, created_at__lt=timezone.now())


def since_today(key):
    return Enterprise.objects.filter(pk=key, waiting_since__lt=timezone.localdate())


def but_one_drawn(key):
    return Enterprise.objects.filter(pk=key).exclude(uid=uuid.uuid4())


def but_one_identifier(key):
    return Enterprise.objects.filter(pk=key).exclude(uid=uuid.UUID(int=7))


def in_this_language(key):
    return Enterprise.objects.filter(pk=key).exclude(name=gettext("Any"))


def on_a_day_of_this_zone(key):
    return Enterprise.objects.filter(pk=key, created_at__date__gt=F("waiting_since"))


UNKEPT = [
    (by_prefetching, "prefetch_related"),
    (by_locking, "select_for_update"),
    (of_another_database, "another database"),
    (of_one_row, "related manager"),
    (of_a_person, "one person's"),
    (of_a_person_alone, "one person's"),
    (asked_already, "asked already"),
    (asked_with_what_is_given, "cannot be built"),
    (without_what_is_given, "does not use"),
    (no_queryset, "Build a queryset"),
    (of_none, "never met"),
    (none_at_all, "never met"),
    (among_what_is_given, "plain queryset|cannot be built"),
    (as_many_as_given, "cannot be built"),
    (branching, "looks at the value"),
    (comparing, "looks at the value"),
    (negating, "looks at the value"),
    (counting_on, "part of an expression"),
    (counting_on_columns, "part of an expression"),
    (annotated, "cannot be built"),
    (annotated_raw, "part of an expression"),
    (by_year, "its plain queryset asks"),
    (since_this_moment, "as they are today"),
    (since_today, "as they are today"),
    (but_one_drawn, "as they are today"),
    (but_one_identifier, "as they are today"),
    (in_this_language, "its plain queryset asks"),
    (on_a_day_of_this_zone, "its plain queryset asks"),
]


@pytest.mark.parametrize(("make", "why"), UNKEPT, ids=lambda value: getattr(value, "__name__", ""))
def test_what_would_answer_otherwise_is_refused_when_it_is_first_asked(cast, make, why):
    kept = KeptQuery([KEY], make)
    value = [1, 2] if make is among_what_is_given else cast.semir.pk
    with pytest.raises(CannotBeKept, match=why) as refused:
        kept(value)
    assert f"{__name__}.{make.__name__} cannot be kept: " in str(refused.value)
    with pytest.raises(CannotBeKept):  # and again: nothing of it was kept
        kept(value)


def holding(text):
    return Enterprise.objects.filter(name__contains=text)


def beginning(text):
    return Enterprise.objects.filter(name__startswith=text)


def alike(text):
    return Enterprise.objects.filter(name__iexact=text)


def among(text):
    return Enterprise.objects.filter(name__in=text)


def named_by_hand(text):
    return Enterprise.objects.filter(name=f"{text}有限公司")


def spliced(text):
    return Enterprise.objects.filter(name="%s有限公司" % text)  # noqa: UP031 (what is refused)


def beginning_by_hand(text):
    return Enterprise.objects.annotate(start=Left("name", text)).filter(start="温州")


def lowered(text):
    return Enterprise.objects.filter(name=Lower(text))


TEXTS = (holding, beginning, alike, among, named_by_hand, spliced, lowered)


@pytest.mark.parametrize("make", [*TEXTS, beginning_by_hand])
def test_what_looks_into_a_text_is_refused(cast, make):
    kept = KeptQuery([Enterprise._meta.get_field("name")], make)
    if make is alike and connection.vendor == "postgresql":  # which is given the text as it is
        for text in (cast.semir.name, "%", "温州%", ""):
            assert kept(text) == list(make(text))
        return
    with pytest.raises(CannotBeKept):
        kept("温州")


def in_use(is_active):
    return User.objects.filter(is_active=is_active)


@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_refused(cast, value):
    """It is written as a condition of its own: ``WHERE is_active``."""
    with pytest.raises(CannotBeKept, match="plain queryset asks"):
        KeptQuery([User._meta.get_field("is_active")], in_use)(value)


def test_a_lambda_is_refused_where_it_is_declared():
    with pytest.raises(CannotBeKept, match="no name"):
        KeptQuery([KEY], lambda key: Enterprise.objects.filter(pk=key))
    assert issubclass(CannotBeKept, ImproperlyConfigured)


def by_key(key):
    return Enterprise.objects.filter(pk=key)


@pytest.mark.parametrize(
    "value", [None, 2**63, -(2**63) - 1, 1.5, 1.0, F("pk"), Value(1)], ids=repr
)
@pytest.mark.parametrize("first", [True, False])
def test_a_value_that_makes_another_statement_is_refused_at_each_asking(cast, value, first):
    """None is ``IS NULL``; a number too great finds nothing, where an engine would complain."""
    kept = KeptQuery([KEY], by_key)
    if not first:
        assert kept(cast.semir.pk) == [cast.semir]
    with pytest.raises(CannotBeKept, match="it was asked with"):
        kept(value)
    assert kept(cast.semir.pk) == [cast.semir]


def of_unit(unit):
    return Enterprise.objects.filter(unit=unit).order_by("pk")


def test_a_key_of_another_table_is_looked_at_as_that_tables(cast):
    kept = KeptQuery([Enterprise._meta.get_field("unit")], of_unit)
    assert kept(cast.wuma.pk) == [cast.semir, cast.hotel] and kept(str(cast.nanmen.pk)) == [
        cast.shoes
    ]
    for value in (None, 2**63):
        with pytest.raises(CannotBeKept):
            kept(value)
    with pytest.raises(TypeError):
        kept(object())


@pytest.mark.parametrize("value", ["abc", object(), [1]])
def test_a_value_of_another_kind_fails_as_in_the_plain_queryset(cast, value):
    kept = KeptQuery([KEY], by_key)
    for _time in range(2):
        with pytest.raises((TypeError, ValueError)) as plain:
            list(by_key(value))
        with pytest.raises(plain.type):
            kept(value)
        kept(cast.semir.pk)


def distinct_days(key):
    return Enterprise.objects.filter(pk__gte=key).order_by("unit").values_list("unit").distinct()


def first_two(key):
    return Enterprise.objects.filter(pk__gte=key).order_by("-pk")[1:3]


def with_relations(key):
    return (
        Enterprise.objects.select_related("unit", "industry")
        .filter(pk=key)
        .only("name", "unit", "industry")
    )


def counted(key):
    filled = models.Q(pk__gte=key, credit_code__isnull=False)
    return Enterprise.objects.values("unit").annotate(n=Count("pk", filter=filled)).order_by("unit")


def in_units_below(key):
    units = Unit.objects.filter(parent=key).values("pk")
    return Enterprise.objects.filter(unit__in=units).order_by("pk").values_list("pk", flat=True)


def either(key):
    rows = Enterprise.objects.order_by().values_list("pk", "name", named=True)
    return rows.filter(pk=key).union(rows.filter(pk__lt=key), all=True).order_by("pk")


@pytest.mark.parametrize(
    "make", [distinct_days, first_two, with_relations, counted, in_units_below, either]
)
def test_what_can_be_kept_answers_as_the_plain_queryset(cast, make):
    field = Unit._meta.pk if make is in_units_below else KEY
    kept = KeptQuery([field], make)
    found = 0
    for value in some_of(field):
        expected = [told(row) for row in make(value)]
        assert [told(row) for row in kept(value)] == expected
        found += len(expected)
    assert found


def test_a_row_is_a_new_one_at_each_asking(cast):
    kept = KeptQuery([KEY], by_key)
    [one], [other] = kept(cast.semir.pk), kept(cast.semir.pk)
    one.name = "changed"
    assert one is not other and other.name == cast.semir.name
