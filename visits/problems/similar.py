"""Problems like one that is being typed, so that the same matter is joined and not entered twice.

Likeness is Dice's coefficient of the titles' pairs of neighbouring characters, as names are
compared too (liaisons.imports.matching): no model to train, the same on both engines, and easily
explained.
"""

from typing import Any

from crm.db.paging import page_by_key
from crm.text.words import squeeze
from visits.models import Problem

#: How many problems of the enterprise, and how many of the newest of others, are compared.
OF_ENTERPRISE, OF_OTHERS = 200, 400
#: From which likeness a problem of the same enterprise, and one of another, is shown; and how many
#: of them.
LIKE_HERE, LIKE_ELSEWHERE, SHOWN = 0.3, 0.5, 5
#: Titles that are shorter say too little.
SHORTEST = 3
_READ = ("enterprise", "category")


def similar_problems(title, *, enterprise, user, leave_out=None) -> list | list[tuple[Any, float]]:
    """``(problem, likeness)`` of what ``user`` may see and is most like ``title``: first this
    enterprise's, then others'.
    """
    pairs = pairs_of(title)
    if len(squeeze(title)) < SHORTEST:
        return []
    seen = Problem.objects.visible_to(user).select_related(*_READ)
    if leave_out is not None:
        seen = seen.exclude(pk=leave_out.pk)
    here = seen.filter(enterprise=enterprise).order_by("-reported_on", "-pk")[:OF_ENTERPRISE]
    elsewhere = page_by_key(seen, ("-reported_on", "-pk"), size=OF_OTHERS)
    found = _likely(here, pairs, LIKE_HERE)
    others = [problem for problem in elsewhere if problem.enterprise_id != enterprise.pk]
    return (found + _likely(others, pairs, LIKE_ELSEWHERE))[:SHOWN]


def pairs_of(text) -> set:
    """The distinct pairs of neighbouring characters of a text, squeezed."""
    plain = squeeze(text)
    return {plain[start : start + 2] for start in range(len(plain) - 1)}


def likeness(pairs, others) -> float:
    """How much two sets of pairs have in common, from 0 to 1."""
    return 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0


def _likely(problems, pairs, least) -> list[tuple[Any, float]]:
    rated = ((problem, likeness(pairs, pairs_of(problem.title))) for problem in problems)
    return sorted((pair for pair in rated if pair[1] >= least), key=lambda pair: -pair[1])
