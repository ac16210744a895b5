"""Proposals of common causes: open problems that are alike by text, category and place.

A person decides.

Two problems are compared by the pairs of neighbouring characters of their titles: how much of each
one's title stands in the other's title and description, the mean of both ways. A pair weighs less
the more categories it occurs in, so that words which every report has (希望, 公司) say little, in a
small unit as in a whole city. Only problems of one category (at its first level) and one place are
compared. The newest come first; each joins the group whose first one it is most like, or begins a
group: so every member is directly like the first one, and the reason can be said of each.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import log
from operator import attrgetter
from typing import Any

from django.db.models import TextChoices
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from crm.text.words import squeeze
from visits.models import CauseMember, DismissedGroup, Problem

#: How many problems are compared, the newest; and how much of a description is read, in characters.
MOST_COMPARED, READ = 10_000, 120
#: Comparisons within one group, after which older problems are left out. It keeps the page at about
#: a second where thousands of problems share category, place and words and are yet unlike.
MOST_LOOKS = 4_000_000
#: From which likeness (0 to 1) a problem joins a group, and how much of the group's title must
#: stand in its text.
LIKE, PART = 0.5, 0.25
#: A group is proposed from so many problems on, of at least so many enterprises.
FEWEST, FEWEST_ENTERPRISES = 2, 2
#: Of how many groups one is told, the largest first; how many dismissals of a unit are remembered,
#: the newest.
MOST_SHOWN, MOST_DISMISSED = 30, 1000
#: Members of a group whose texts are read once more for the words that they have in common.
MOST_WORDED = 50
#: A pair that so many groups of one block have tells none from another and is not looked up.
TOO_COMMON = 200


class Place(TextChoices):
    """What counts as the same place."""

    UNIT = "unit", _("Same unit")
    DIVISION = "division", _("Same district or county")
    ANYWHERE = "anywhere", _("Anywhere")


@dataclass(slots=True)
class Member:
    """One problem of a group, and how like the group's first it is."""

    pk: int
    uid: object
    title: str
    enterprise: int
    unit: int
    division: str | None
    likeness: float = 1.0


@dataclass(slots=True)
class Group:
    """Problems that are alike; ``words`` are what their texts have in common, the longest first."""

    title: str
    text: str
    category: int | None
    place: object
    pairs: frozenset
    weight: float
    members: list = field(default_factory=list)
    words: list = field(default_factory=list)

    @property
    def keys(self) -> set:
        return {member.pk for member in self.members}

    @property
    def enterprises(self) -> int:
        return len({member.enterprise for member in self.members})

    @property
    def same_unit(self) -> bool:
        return len({member.unit for member in self.members}) == 1

    @property
    def same_division(self) -> bool:
        return len({member.division for member in self.members}) == 1


@dataclass(slots=True)
class Proposals:
    """The groups, the largest first, of the newest ``compared`` problems (``capped``: there are
    older ones); ``more`` are not shown.
    """

    groups: list
    compared: int
    capped: bool
    more: int = 0


def propose(problems, *, place=Place.DIVISION) -> Proposals:
    """Groups of the open problems in ``problems``, an already scoped queryset, that belong to no
    common cause yet.
    """
    rows = _rows(problems)
    groups, compared = _grouped(rows[:MOST_COMPARED], place)
    groups = [
        group
        for group in groups
        if len(group.members) >= FEWEST and group.enterprises >= FEWEST_ENTERPRISES
    ]
    groups.sort(key=lambda group: (-group.enterprises, -len(group.members)))
    return Proposals(groups, compared, compared < len(rows))


def without_dismissed(proposals, user, *, dismissed=False) -> Proposals:
    """Of the groups those that the person's unit has not dismissed (or, ``dismissed``, that it
    has), words and all.

    A group that has lost some of its problems since is still the same; one that has grown is not.
    """
    kept = (
        DismissedGroup.objects.visible_to(user)
        .filter(unit=user.unit_id)
        .order_by("-pk")[:MOST_DISMISSED]
    )
    sets = [frozenset(keys) for keys in kept.values_list("problems", flat=True)]
    where = defaultdict(list)
    for known in sets:
        for key in known:
            where[key].append(known)
    groups = [
        group
        for group in proposals.groups
        if any(group.keys <= known for known in where.get(group.members[0].pk, ())) == dismissed
    ]
    shown = groups[:MOST_SHOWN]
    told = {member.pk for group in shown for member in group.members[:MOST_WORDED]}
    texts = dict(
        Problem.objects.visible_to(user)
        .filter(pk__in=told)
        .values_list("pk", Substr("description", 1, READ))
    )
    for group in shown:
        group.words = common_words(group, texts)
    return Proposals(shown, proposals.compared, proposals.capped, len(groups) - len(shown))


def common_words(group, descriptions) -> list:
    """The runs of the first one's title that stand in the text of every member (of MOST_WORDED),
    the longest first; else of most.
    """
    texts = [
        squeeze(member.title) + squeeze(descriptions.get(member.pk, ""))
        for member in group.members[:MOST_WORDED]
    ]
    title = squeeze(group.title)
    for share in (1.0, 0.6):
        least = share * len(texts)
        runs, start = [], 0
        while start < len(title) - 1:
            end = start + 2
            while end <= len(title) and sum(title[start:end] in text for text in texts) >= least:
                end += 1
            if (end := end - 1) - start >= 2:
                runs.append(title[start:end])
                start = end
            else:
                start += 1
        if runs:
            return sorted(runs, key=len, reverse=True)
    return []


def _rows(problems) -> list:
    """The newest open problems that belong to no common cause, as plain values, one more than are
    compared.
    """
    free = problems.filter(ended_on__isnull=True).exclude(
        pk__in=CauseMember.objects.values("problem")
    )
    return list(
        free.order_by("-reported_on", "-pk")
        .annotate(words=Substr("description", 1, READ))
        .values_list(
            "pk",
            "uid",
            "title",
            "words",
            "category",
            "category__parent",
            "unit",
            "enterprise",
            "enterprise__division",
            named=True,
        )[: MOST_COMPARED + 1]
    )


def _grouped(rows, place) -> tuple[list, int]:
    """All groups of ``rows``, those of one as well, and how many of the rows were compared."""
    titles = [squeeze(row.title) for row in rows]
    weights = _weights(rows, titles)
    key_of = {
        Place.UNIT: attrgetter("unit"),
        Place.DIVISION: attrgetter("enterprise__division"),
    }.get(place, lambda row: None)
    blocks, looks, compared = defaultdict(_Block), 0, 0
    for row, title in zip(rows, titles, strict=True):
        if looks > MOST_LOOKS:
            break
        compared += 1
        if len(title) >= 2:
            where = key_of(row)
            looks += blocks[row.category__parent or row.category, where].take(
                row, title, weights, where
            )
    return [group for block in blocks.values() for group in block.groups], compared


def _weights(rows, titles) -> dict[Any, float]:
    """How much each pair of characters says: pair → weight, by the number of categories in whose
    titles it occurs.
    """
    seen = defaultdict(set)
    for row, title in zip(rows, titles, strict=True):
        seen[row.category__parent or row.category].update(
            map("".join, zip(title, title[1:], strict=False))
        )
    occurs = Counter(pair for pairs in seen.values() for pair in pairs)
    return {pair: log(1 + len(seen) / count) for pair, count in occurs.items()}


class _Block:
    """The problems of one category and one place."""

    def __init__(self) -> None:
        self.groups, self.having = [], defaultdict(list)

    def take(self, row, title, weights, where) -> int:
        """Put one problem where it belongs; returns how many looks that took."""
        pairs = frozenset(map("".join, zip(title, title[1:], strict=False)))
        weight = sum(weights[pair] for pair in pairs)
        member = Member(
            row.pk, row.uid, row.title, row.enterprise, row.unit, row.enterprise__division
        )
        text = title + squeeze(row.words)
        best, likeness, looks = self.nearest(pairs, weight, text, weights)
        if best is None:
            best = Group(
                row.title, text, row.category__parent or row.category, where, pairs, weight
            )
            for pair in pairs:
                self.having[pair].append(len(self.groups))
            self.groups.append(best)
        else:
            member.likeness = likeness
        best.members.append(member)
        return looks

    def nearest(self, pairs, weight, text, weights) -> tuple[Any, Any, int]:
        """``(group, likeness, looks)`` of the group whose first one is most like.

        No group where none is like enough.
        """
        shared, looks, having = {}, len(text), self.having
        for pair in set(map("".join, zip(text, text[1:], strict=False))):
            groups = having.get(pair)
            if groups is not None and len(groups) <= TOO_COMMON:
                looks += len(groups)
                adds = weights[pair]
                for number in groups:
                    shared[number] = shared.get(number, 0.0) + adds
        best, most = None, LIKE
        for number, has in shared.items():
            group = self.groups[number]
            theirs = has / group.weight
            # Not even with the whole of this one's title.
            if theirs < PART or (theirs + 1) / 2 < most:
                continue
            mine = sum(weights[pair] for pair in pairs if pair in group.text) / weight
            if (likeness := (mine + theirs) / 2) > most or best is None and likeness == most:
                best, most = group, likeness
        return best, most, looks
