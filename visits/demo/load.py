"""The load itself: its steps in order, in one transaction."""

import time

from django.db import connection, transaction
from django.db.models import DateField, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from crm.models import Unit
from liaisons.models import Enterprise
from visits.demo.causes import make_causes
from visits.demo.city import City
from visits.demo.duties import make_assignments
from visits.demo.enterprises import make_contacts, make_enterprises
from visits.demo.index import index_city
from visits.demo.officers import make_officers
from visits.demo.projects import make_campaigns, make_projects
from visits.demo.units import make_units
from visits.demo.visits import make_visits
from visits.dictionaries.seeds import load_dictionaries
from visits.models import Visit
from visits.reporting.rollups import rebuild_rollups


def city_is_there() -> bool:
    """Whether this database has an organisation or enterprises already, made up or real."""
    return Unit.objects.exists() or Enterprise.objects.exists()


def load_city(sizes, today, say) -> None:
    """Load the city into a migrated database without units; ``say(line)`` hears of every step.

    All or nothing.
    """
    city = City(sizes, today)
    steps = (
        ("dictionaries", load_dictionaries),
        ("units", lambda: make_units(city)),
        ("officers", lambda: make_officers(city)),
        ("enterprises", lambda: make_enterprises(city)),
        ("contacts", lambda: make_contacts(city)),
        ("key projects", lambda: make_projects(city)),
        ("campaigns", lambda: make_campaigns(city)),
        ("assignments", lambda: make_assignments(city)),
        ("visits", lambda: make_visits(city, say)),
        ("common causes", lambda: make_causes(city)),
        ("days of the last visit", _last_visits),
        ("cells of the roll-ups", rebuild_rollups),
        ("cells of the roll-ups", rebuild_rollups),
        ("search entries", index_city),
    )
    begun = time.monotonic()
    with transaction.atomic():
        for name, step in steps:
            started = time.monotonic()
            count = step()
            say(f"{count or '':>9}  {name}  {time.monotonic() - started:.1f} s")
        _count_rows_for_the_planner()
    say(f"The demonstration city is there after {time.monotonic() - begun:.1f} s.")


def _count_rows_for_the_planner() -> None:
    """PostgreSQL would plan the first minutes' statements for empty tables.

    SQLite keeps no such numbers here.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _last_visits() -> int:
    """Fill when each enterprise was last visited (contacts do not count) and since when it waits."""
    last = (
        Visit.objects.filter(
            enterprise=OuterRef("pk"), kind__in=Visit.Kind.VISITS, withdrawn_at=None
        )
        .order_by()
        .values("enterprise")
        .annotate(last=Max("held_on"))
        .values("last")
    )
    Enterprise.objects.update(last_visit_on=Subquery(last, output_field=DateField()))
    return Enterprise.objects.update(waiting_since=Coalesce(F("last_visit_on"), F("waiting_since")))
