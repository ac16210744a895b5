"""Every kept statement answers as its plain queryset, whatever it is asked with, on every day."""

import ast
import datetime
import gc
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection, models
from django.db.models import Count
from django.utils import timezone, translation

from api.core.fields import RefSet
from api.models import ApiToken
from api.tokens.services import token_issue
from api.urls import NOUNS
from crm.db.kept import KEPT, KeptQuery
from crm.models import Division, Unit, User
from liaisons.models import Enterprise
from tests.cast import record_visit
from tests.crm.db.asking import some_of, told
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

    What another test of this process asked is forgotten first: its units may have moved since.
    """
    counts.kept_count.cache_clear()
    gc.collect()
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


def declarations():
    """Module → how often it declares a kept statement."""
    found = Counter()
    for app in ("crm", "liaisons", "visits", "api"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "KeptQuery":
                    found[module] += 1
    return found


def test_no_kept_statement_hides_where_it_is_made_later():
    """One that a function makes when it is first needed is asked above only if make_all makes it."""
    sampled = Counter(
        module
        for builder in SAMPLES
        for module in declarations()
        if builder.startswith(f"{module}.")
    )
    hidden = {module for module, count in declarations().items() if count > sampled[module]}
    assert not hidden, f"Make the kept statements of {sorted(hidden)} in make_all, and sample them."


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


def by_key(key):
    return Enterprise.objects.filter(pk=key)


def test_a_row_is_a_new_one_at_each_asking(cast):
    kept = KeptQuery([KEY], by_key)
    [one], [other] = kept(cast.semir.pk), kept(cast.semir.pk)
    one.name = "changed"
    assert one is not other and other.name == cast.semir.name
