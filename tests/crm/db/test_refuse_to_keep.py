"""What a kept statement would answer otherwise than its plain queryset is refused when it is first
asked, and values that make another statement at each asking.
"""

import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Left, Lower
from django.utils import timezone
from django.utils.translation import gettext

from crm.db.given import CannotBeKept
from crm.db.kept import KeptQuery
from crm.models import Notice, Unit, User
from liaisons.models import Enterprise

pytestmark = pytest.mark.django_db

KEY = Enterprise._meta.pk


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
    value = {among_what_is_given: [1, 2], by_year: 2024}.get(make, cast.semir.pk)
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
