"""Find anything by typing: two characters, pinyin, initials, a part of a code.

Texts are normalised (crm.words) and cut into pairs of neighbouring characters; a query is cut the same way, and what
holds all its pairs is looked up in the engine's own index, then checked for the whole run of characters. So two
characters are enough, on both engines alike, and a longer query only gets more exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from crm.models import SearchEntry
from crm.words import squeeze

#: The longest part of one text that is indexed, in characters.
INDEXED = 20_000
#: Longest query, in characters, after squeezing.
LONGEST = 60


def grams_of(*texts):
    """The distinct pairs of all ``texts`` as one string, parted by spaces; a single character stands for itself."""
    pairs = {}
    for text in texts:
        text = squeeze(text)[:INDEXED]
        if len(text) == 1:
            pairs[text] = None
        pairs.update(dict.fromkeys(map("".join, zip(text, text[1:], strict=False))))
    return " ".join(pairs)


def index_entry(noun, object_id, *texts, rank=0):
    """Write what one object can be found by. Call in the transaction that writes the object."""
    SearchEntry.objects.update_or_create(
        noun=noun, object_id=object_id, defaults={"grams": grams_of(*texts), "rank": rank}
    )


def remove_entry(noun, object_id):
    """Let an object be found no more."""
    SearchEntry.objects.filter(noun=noun, object_id=object_id).delete()


def index_many(entries, batch_size=2000):
    """Write many ``(noun, object_id, texts, rank)`` that are not indexed yet."""
    SearchEntry.objects.bulk_create(
        (SearchEntry(noun=noun, object_id=pk, grams=grams_of(*texts), rank=rank) for noun, pk, texts, rank in entries),
        batch_size=batch_size,
    )


def candidates(noun, query):
    """A queryset of the object ids of ``noun`` that hold every pair of ``query``; empty below two characters."""
    text = squeeze(query)[:LONGEST]
    pairs = grams_of(text).split() if len(text) >= 2 else []
    entries = SearchEntry.objects.filter(noun=noun)
    if not pairs:
        return entries.none().values("object_id")
    if connection.vendor == "postgresql":
        entries = entries.extra(where=["string_to_array(grams, ' ') @> %s::text[]"], params=[pairs])
    else:
        phrase = " AND ".join('"' + pair.replace('"', '""') + '"' for pair in pairs)
        entries = entries.extra(
            where=["id IN (SELECT rowid FROM crm_searchentry_fts WHERE crm_searchentry_fts MATCH %s)"],
            params=[phrase],
        )
    return entries.values("object_id")


@dataclass(frozen=True)
class Searcher:
    """How one noun is found: ``find(user, query, limit)`` yields ``(title, subtitle, url)``, the best first."""

    label: str
    icon: str
    find: Callable
    order: int = 100


_searchers = []


def register(*searchers):
    """Add what the search box looks through; called from AppConfig.ready."""
    _searchers.extend(searchers)
    _searchers.sort(key=lambda searcher: searcher.order)


def find_everywhere(query, user, limit=6):
    """What ``user`` may see of all nouns that fit ``query``: groups of label, icon and results; empty groups left out."""
    if len(squeeze(query)) < 2:
        return []
    groups = []
    for searcher in _searchers:
        results = [
            {"title": title, "subtitle": subtitle, "url": url} for title, subtitle, url in searcher.find(user, query, limit)
        ]
        if results:
            groups.append({"label": searcher.label, "icon": searcher.icon, "results": results})
    return groups
