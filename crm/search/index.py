"""Find anything by typing: two characters, pinyin, initials, a part of a code.

Texts are normalised (crm.text.words) and cut into pairs of neighbouring characters; a query is cut
the same way, and what holds all its pairs is looked up in the engine's own index, then checked for
the whole run of characters. So two characters are enough, on both engines alike, and a longer query
only gets more exact.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import add, attrgetter
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import StrIndex

from crm.db.bulk import Table
from crm.hooks import Hook
from crm.models import SearchEntry
from crm.text.words import squeeze

#: The longest part of one text that is indexed, in characters.
INDEXED = 20_000
#: Entries taken away by one statement.
AT_ONCE = 5000
#: Longest query, in characters, after squeezing.
LONGEST = 60
#: Up to so many finds are fetched by their keys; of what is found more often, the rows are walked
#: in their own order.
FEW = 500
#: Stands between two texts of one object; squeezing leaves none in a query, so no find runs over
#: the end of a text.
END = "\n"


def words_of(*texts) -> str:
    """The normalised ``texts``, one a line."""
    return END.join(filter(None, (squeeze(text)[:INDEXED] for text in texts)))


def grams_of(words) -> Any:
    """The distinct pairs of neighbouring characters of ``words`` (see words_of), parted by spaces."""
    # Of all lines at once; then those over a line's end are taken out.
    pairs = dict.fromkeys(map(add, words, words[1:]))
    place = words.find(END)
    while place >= 0:
        pairs.pop(words[place - 1 : place + 1], None)
        pairs.pop(words[place : place + 2], None)
        place = words.find(END, place + 1)
    return " ".join(pairs)


def index_entry(noun, object_id, *texts, rank=0) -> None:
    """Write what one object can be found by. Call in the transaction that writes the object."""
    words = words_of(*texts)
    entry = SearchEntry(
        noun=noun, object_id=object_id, words=words, grams=grams_of(words), rank=rank
    )
    SearchEntry.objects.bulk_create(
        [entry],
        update_conflicts=True,
        unique_fields=["noun", "object_id"],
        update_fields=["words", "grams", "rank"],
    )


def remove_entry(noun, object_id) -> None:
    """Let an object be found no more."""
    SearchEntry.objects.filter(noun=noun, object_id=object_id).delete()


def index_many(entries) -> int:
    """Write many ``(noun, object_id, texts, rank)`` that are not indexed yet.

    Call in a transaction. Returns how many.
    """
    table = Table(SearchEntry)
    for noun, pk, texts, rank in entries:
        words = words_of(*texts)
        table.add(noun=noun, object_id=pk, words=words, grams=grams_of(words), rank=rank)
    return table.close()


def index_again(noun, entries) -> int:
    """Write ``(object_id, texts)`` of objects of one noun, whether they are indexed already or not.

    Call in a transaction.
    """
    entries = list(entries)
    for start in range(0, len(entries), AT_ONCE):
        keys = [pk for pk, _texts in entries[start : start + AT_ONCE]]
        SearchEntry.objects.filter(noun=noun, object_id__in=keys).delete()
    return index_many((noun, pk, texts, 0) for pk, texts in entries)


class HoldsPairs(Func):
    """Whether an entry holds every one of ``pairs``, asked of the engine's own index."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, pairs) -> None:
        self.pairs = pairs
        super().__init__(F("id"), F("grams"))

    def as_postgresql(self, compiler, connection, **context) -> tuple[str, list]:
        """Of the inverted index over the pairs."""
        grams, params = compiler.compile(self.source_expressions[1])
        return f"string_to_array({grams}, ' ') @> %s::text[]", [*params, self.pairs]

    def as_sqlite(self, compiler, connection, **context) -> tuple[str, list]:
        """Of the full-text table."""
        key, params = compiler.compile(self.source_expressions[0])
        phrase = " AND ".join('"' + pair.replace('"', '""') + '"' for pair in self.pairs)
        return (
            f"{key} IN (SELECT rowid FROM crm_searchentry_fts WHERE crm_searchentry_fts MATCH %s)",
            [*params, phrase],
        )


def typed(query) -> Any:
    """What is looked up of a query: normalised, cut at its longest.

    Empty when it is too short to be looked up.
    """
    text = squeeze(query)[:LONGEST]
    return text if len(text) >= 2 else ""


def entries_with(noun, query) -> QuerySet[SearchEntry]:
    """The entries of ``noun`` that hold the whole run of ``query``; none below two characters."""
    text = typed(query)
    entries = SearchEntry.objects.filter(noun=noun)
    if not text:
        return entries.none()
    found = entries.filter(HoldsPairs(grams_of(text).split(" ")))
    # Two characters are one pair, which the index has answered for.
    return (
        found
        if len(text) == 2
        else found.alias(place=StrIndex(F("words"), Value(text))).filter(place__gt=0)
    )


def candidates(noun, query) -> QuerySet[SearchEntry]:
    """A queryset of the object ids of ``noun`` that hold ``query``; empty below two characters."""
    return entries_with(noun, query).values("object_id")


def narrowed(queryset, noun, query) -> Any:
    """The rows of ``queryset`` that hold ``query``, for a queryset of which a page is read and not
    the whole.

    Neither engine guesses well how many rows hold a run of characters, so one statement is spent to
    learn whether they are few: then they are fetched by their keys, else the rows are walked in
    their own order and a page is full after some of them.
    """
    text = typed(query)
    if not text:
        return queryset.none()
    few = list(entries_with(noun, text).values_list("object_id", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        return queryset.filter(pk__in=few)
    # A value and not EXISTS: PostgreSQL would turn that into a join over all words there are.
    entry = SearchEntry.objects.filter(noun=noun, object_id=OuterRef("pk"))
    return queryset.alias(
        place=Subquery(entry.values(place=StrIndex(F("words"), Value(text))))
    ).filter(place__gt=0)


def best_first(*conditions) -> Case:
    """An expression that is smaller for rows that fit better: the place of the first condition that
    a row meets.
    """
    cases = [When(condition, then=Value(place)) for place, condition in enumerate(conditions)]
    return Case(*cases, default=Value(len(cases)), output_field=IntegerField())


@dataclass(frozen=True)
class Searcher:
    """How one noun is found: ``find(user, query, limit)`` yields ``(title, subtitle, url)``, the
    best first.
    """

    label: str
    icon: str
    find: Callable
    order: int = 100


#: Filled with Searcher.
searchers = Hook(
    "searchers", "What the search box looks through (Searcher).", order=attrgetter("order")
)


def find_everywhere(query, user, limit=6) -> list:
    """What ``user`` may see of all nouns that fit ``query``: groups of label, icon and results.

    Empty groups left out.
    """
    if len(squeeze(query)) < 2:
        return []
    groups = []
    for searcher in searchers:
        results = [
            {"title": title, "subtitle": subtitle, "url": url}
            for title, subtitle, url in searcher.find(user, query, limit)
        ]
        if results:
            groups.append({"label": searcher.label, "icon": searcher.icon, "results": results})
    return groups
