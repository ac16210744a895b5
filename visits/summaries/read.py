"""What of a visit a summary reads: its own row with what that names, and the sets beside it."""

from typing import Any

from django.db.models import F, Q, Value

from crm.db.kept import kept_plans
from crm.db.scope import may
from visits.models import Photo, Problem, Visit

RELATED = ("enterprise", "officer", "unit", "project", "campaign", "contact")
#: The columns that a summary shows; an interviewee's telephone is not even read.
COLUMNS = (
    "uid",
    "facts_version",
    "kind",
    "started_at",
    "ended_at",
    "held_on",
    "notes",
    "next_contact_on",
    "outside_code",
    "withdrawn_at",
    "withdrawn_reason",
    "enterprise__name",
    "enterprise__credit_code",
    "officer__name",
    "officer__police_number",
    "unit__name",
    "project__name",
    "campaign__name",
    "contact__name",
    "contact__job_title",
)
#: Names that a summary shows beside a visit's own row: whose, and what puts them in order.
NAMES = {
    "companions": (Visit.companions.through, "officer", (F("officer"), Value(""))),
    "topics": (Visit.topics.through, "topic", (F("topic__position"), F("topic__code"))),
    "services": (
        Visit.services.through,
        "serviceitem",
        (F("serviceitem__position"), F("serviceitem__code")),
    ),
}
#: Rows that it shows: of which noun, on what condition, and which columns of them.
ROWS = {
    "problems": (
        Problem,
        Q(),
        (
            "title",
            "description",
            "category__name",
            "urgency",
            "state",
            "reported_on",
            "due_on",
            "ended_on",
        ),
    ),
    "photos": (Photo, Q(state=Photo.State.READY), ("file", "print_copy", "sha256")),
}


def visits_of(params, user) -> Any:
    """The visits of a unit, officer or enterprise that an order means, as its owner may see them
    now.
    """
    visits = Visit.objects.visible_to(user).filter(
        withdrawn_at__isnull=True, held_on__range=(params["from"], params["to"])
    )
    if params["of"] == "unit":
        visits = visits.filter(unit__path__startswith=params["path"])
    else:
        visits = visits.filter(**{f"{params['of']}__uid": params["target"]})
    return visits.order_by("held_on", "pk")


def with_facts(visits) -> list:
    """The visits of a queryset (a list) with all that a summary shows.

    Its statements do not grow with them.
    """
    visits = list(_with_row(visits))
    keys = [visit.pk for visit in visits]
    return _with_sets(
        visits, _names(visit__in=keys), {name: _rows(name, visit__in=keys) for name in ROWS}
    )


def one_with_facts(uid, user) -> Visit | None:
    """The visit with all that a summary shows.

    None for one that is not there or that ``user`` may not see.
    """
    with kept_plans():
        visit = _with_row(Visit._base_manager.filter(uid=uid)).first()
        if visit is None or not may(user, "view", visit):
            return None
        rows = {name: _rows(name, visit=visit.pk) for name in ROWS}
        return _with_sets([visit], _names(visit=visit.pk), rows)[0]


def _with_row(visits) -> Any:
    return visits.select_related(*RELATED).only(*COLUMNS)


def _with_sets(visits, names, rows) -> Any:
    """The visits, each with ``sets``: the names of each of NAMES and the rows of each of ROWS."""
    sets = {visit.pk: {name: [] for name in (*NAMES, *ROWS)} for visit in visits}
    for key, which, name, *_place in names:
        sets[key][which].append(name)
    for which, found in rows.items():
        for row in found:
            sets[row.visit][which].append(row)
    for visit in visits:
        visit.sets = sets[visit.pk]
    return visits


def _names(**visits) -> Any:
    """(visit's key, which of NAMES, name, …) in their order, in one statement.

    For visits that are known to be in scope.
    """
    parts = [
        through._base_manager.filter(**visits)
        .order_by()
        .annotate(which=Value(which), name=F(f"{noun}__name"), first=order[0], second=order[1])
        .values_list("visit", "which", "name", "first", "second")
        for which, (through, noun, order) in NAMES.items()
    ]
    return parts[0].union(*parts[1:], all=True).order_by("which", "first", "second")


def _rows(name, **visits) -> Any:
    """Rows of one of ROWS, each with its visit's key; for visits that are known to be in scope."""
    model, condition, columns = ROWS[name]
    return (
        model._base_manager.filter(condition, **visits)
        .order_by("pk")
        .values_list("visit", *columns, named=True)
    )
