"""Each figure, defined once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from liaisons.models import Enterprise


@dataclass(frozen=True)
class Figure:
    """One figure: its words, the counts (visits.reporting.figures.counts) it is made of, and the
    list that shows its rows.

    ``count`` names the numerator, ``out_of`` the denominator (empty: the figure is a plain number).
    ``query`` gives the parameters with which the list ``list_name`` shows exactly the numerator's
    rows of a cut, beside its unit, division and industry. ``heeds`` names the filters that narrow
    the figure beside the unit; ``about`` says which kinds it needs: "visits", "contacts" or any
    ("").
    """

    key: str
    name: str
    sentence: str
    numerator: str
    cut_off: str
    whose_unit: str
    count: str
    list_name: str
    query: Callable
    denominator: str = ""
    out_of: str = ""
    heeds: frozenset = frozenset({"period", "division", "section", "kind"})
    about: str = ""
    bad: bool = False  # more of it is worse

    def applies(self, cut) -> bool:
        """Whether the cut leaves something that the figure could count: what has a unit by nature
        is never without one.
        """
        if cut.unit is None and cut.itself and self.list_name != "enterprise_list":
            return False
        return {"visits": bool(cut.kinds), "contacts": bool(cut.contact_kinds)}.get(
            self.about, True
        )

    def share(self, sums) -> Any:
        """Numerator ÷ denominator, or None without a denominator or when it is nought."""
        return sums[self.count] / sums[self.out_of] if self.out_of and sums[self.out_of] else None

    def url(self, cut) -> str:
        """The address of the list that opens exactly the rows counted."""
        return joined(self.address(cut), place(cut))

    def address(self, cut) -> str:
        """The address without the unit, to be ``joined`` with its ``place``: a table makes it once
        for all its lines.
        """
        query = self.query(cut)
        if cut.division:
            query["division"] = cut.division.pk
        if cut.section:
            query["section"] = cut.section
        return f"{reverse(self.list_name)}?{urlencode(query, doseq=True)}"


def place(cut) -> str:
    """The parameter that an address needs for the cut's unit."""
    if cut.unit:
        return f"{'unit_itself' if cut.itself else 'unit'}={quote(cut.unit.code)}"
    return "without_unit=1" if cut.itself else ""


def joined(address, parameter) -> Any:
    """An address with one parameter more."""
    return f"{address}{'' if address.endswith('?') else '&'}{parameter}" if parameter else address


def _enterprises(cut) -> dict[str, str]:
    return {"status": Enterprise.Status.ACTIVE.value}


def _visited(answer) -> Callable[..., Any]:
    def query(cut) -> dict[str, Any]:
        kind = {"visited_kind": cut.kind} if cut.kind else {}
        period = {"visited_from": cut.months.first, "visited_to": cut.months.ends_on}
        return {**_enterprises(cut), "visited": answer, **period, **kind}

    return query


def _visits(kinds) -> Callable[..., Any]:
    def query(cut) -> dict[str, Any]:
        return {
            "kind": getattr(cut, kinds),
            "held_from": cut.months.first,
            "held_to": cut.months.ends_on,
        }

    return query


TODAY = _("Today.")
PERIOD = _(
    "From the first day of the period's first month to the last day of its last month, as recorded until now."
)
RESPONSIBLE = _("The enterprise's responsible unit today, whoever made the visit.")
AT_THE_TIME = _("The officer's unit at the time; a later transfer changes nothing.")

COVERAGE = Figure(
    key="coverage",
    name=_("Coverage"),
    sentence=_(
        "The share of the enterprises in business that were visited at least once in the period."
    ),
    numerator=_(
        "Enterprises in business with at least one visit in the period: at the door, as a meeting, or to the police. "
        "Telephone and chat are no visits, withdrawn visits do not count, and an enterprise counts once."
    ),
    denominator=_("All enterprises in business today, those never visited included."),
    cut_off=PERIOD,
    whose_unit=RESPONSIBLE,
    count="visited",
    out_of="enterprises",
    list_name="enterprise_list",
    query=_visited("yes"),
    about="visits",
)
ENTERPRISES = Figure(
    key="enterprises",
    name=_("Enterprises"),
    sentence=_("How many enterprises in business the units answer for."),
    numerator=_("Enterprises whose status is in business today."),
    cut_off=TODAY,
    whose_unit=RESPONSIBLE,
    count="enterprises",
    list_name="enterprise_list",
    query=_enterprises,
    heeds=frozenset({"division", "section"}),
)
UNVISITED = Figure(
    key="unvisited",
    name=_("Not visited in the period"),
    sentence=_(
        "How many enterprises in business had no visit in the period: coverage's denominator less its numerator."
    ),
    numerator=_(
        "Enterprises in business without a visit in the period; telephone and chat are no visits."
    ),
    cut_off=PERIOD,
    whose_unit=RESPONSIBLE,
    count="unvisited",
    list_name="enterprise_list",
    query=_visited("no"),
    about="visits",
    bad=True,
)
NEVER_VISITED = Figure(
    key="never_visited",
    name=_("Never visited"),
    sentence=_("How many enterprises in business have had no visit at all, in whatever period."),
    numerator=_(
        "Enterprises in business without any visit on record; telephone and chat are no visits."
    ),
    cut_off=TODAY,
    whose_unit=RESPONSIBLE,
    count="never",
    list_name="enterprise_list",
    query=lambda cut: {**_enterprises(cut), "never_visited": "1"},
    heeds=frozenset({"division", "section"}),
    bad=True,
)
VISITS = Figure(
    key="visits",
    name=_("Visits"),
    sentence=_("How many visits were made in the period."),
    numerator=_(
        "Visits at the door, meetings, and visits of enterprises to the police, by the day they took place; "
        "withdrawn ones do not count."
    ),
    cut_off=PERIOD,
    whose_unit=AT_THE_TIME,
    count="visits",
    list_name="visit_list",
    query=_visits("kinds"),
    about="visits",
)
CONTACTS = Figure(
    key="contacts",
    name=_("Calls and chats"),
    sentence=_(
        "How often enterprises were spoken to by telephone or chat in the period; these are no visits."
    ),
    numerator=_(
        "Records of the kinds telephone and chat, by their day; withdrawn ones do not count."
    ),
    cut_off=PERIOD,
    whose_unit=AT_THE_TIME,
    count="contacts",
    list_name="visit_list",
    query=_visits("contact_kinds"),
    about="contacts",
)
OPEN = Figure(
    key="open",
    name=_("Open problems"),
    sentence=_("How many problems of enterprises have not ended."),
    numerator=_(
        "Problems that are neither closed nor solved on the spot, whenever they were reported."
    ),
    cut_off=TODAY,
    whose_unit=AT_THE_TIME,
    count="open",
    list_name="problem_list",
    query=lambda cut: {"open": "1"},
    heeds=frozenset({"division", "section"}),
)
OVERDUE = Figure(
    key="overdue",
    name=_("Overdue problems"),
    sentence=_("How many of the open problems are past the day they were due."),
    numerator=_("Open problems whose due day lies before today."),
    cut_off=TODAY,
    whose_unit=AT_THE_TIME,
    count="overdue",
    list_name="problem_list",
    query=lambda cut: {"overdue": "1"},
    heeds=frozenset({"division", "section"}),
    bad=True,
)
PROJECTS = Figure(
    key="projects",
    name=_("Key projects"),
    sentence=_("How many key projects there are, and how many have reached each stage."),
    numerator=_(
        "Key projects by the stage they are in; the division is the project's own, the industry that of its builder."
    ),
    cut_off=TODAY,
    whose_unit=_("The project's responsible unit today."),
    count="projects",
    list_name="project_list",
    query=lambda cut: {},
    heeds=frozenset({"division", "section"}),
)

#: In the order of the page.
FIGURES = (COVERAGE, UNVISITED, NEVER_VISITED, ENTERPRISES, VISITS, CONTACTS, OPEN, OVERDUE)
