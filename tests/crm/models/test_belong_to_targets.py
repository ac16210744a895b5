"""A row belongs to one row of several kinds: a column each, and the database counts them."""

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from crm.models import Unit, User
from crm.models.targets import at_most_one, column_for, none_of, one_of, target_of
from tests.tables import own_registry, own_tables

REGISTRY = own_registry()
TARGETS = ("unit", "person")


class Slip(models.Model):
    """May belong to a unit, to a person, or to nothing yet; once it counts, to one of them."""

    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    counts = models.BooleanField(default=False)

    class Meta:
        apps, app_label = REGISTRY, "slips"
        constraints = [
            *at_most_one(TARGETS, name="slip_of_one"),
            models.CheckConstraint(
                condition=Q(counts=False) | one_of(TARGETS), name="slip_of_something"
            ),
        ]


@pytest.fixture(scope="module", autouse=True)
def tables(django_db_setup, django_db_blocker):
    with own_tables(django_db_blocker, Slip):
        yield


def refused(**columns):
    try:
        with transaction.atomic():
            Slip.objects.create(**columns)
    except IntegrityError:
        return True
    return False


def test_the_database_takes_one_target_and_never_two(cast):
    of_unit, of_person = {"unit": cast.wuma}, {"person": cast.li}
    for columns in (
        {},
        of_unit,
        of_person,
        of_unit | {"counts": True},
        of_person | {"counts": True},
    ):
        assert not refused(**columns)
    assert refused(**of_unit, **of_person)
    assert refused(**of_unit, **of_person, counts=True)
    assert refused(counts=True)
    assert Slip.objects.filter(none_of(TARGETS)).count() == 1
    assert Slip.objects.filter(one_of(TARGETS)).count() == 4


def test_one_kind_alone_needs_no_constraint():
    assert at_most_one(("unit",), name="slip_of_one") == []
    assert one_of(("unit",)) == Q(unit__isnull=False)
    assert none_of(("unit",)) == Q(unit__isnull=True)


def test_a_target_is_found_and_put_where_it_belongs(cast):
    assert target_of(Slip(), TARGETS) is None
    assert target_of(Slip(person=cast.li), TARGETS) == cast.li
    assert column_for(Slip, TARGETS, cast.wuma) == "unit"
    assert column_for(Slip, TARGETS, cast.li) == "person"
    with pytest.raises(LookupError):
        column_for(Slip, TARGETS, cast.semir)
