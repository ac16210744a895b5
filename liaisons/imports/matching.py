"""Which enterprise a row speaks of: by its code, else by its whole name, else a person decides."""

from collections.abc import Iterator
from typing import Any

from crm.text.words import core_name, squeeze
from liaisons.enterprises.rewriting import CHUNK, WRITTEN
from liaisons.models import Enterprise

#: Share of common pairs of characters from which two names may be the same enterprise (Dice's
#: coefficient).
LIKE, SHOWN = 0.75, 5


class Known:
    """The enterprises that rows of these values may speak of, fetched in a few statements whatever
    their number.
    """

    def __init__(self, rows) -> None:
        self.by_code, self.by_name = {}, {}
        self._pairs = None
        if not Enterprise.objects.exists():
            return  # a city's first file: not one of its thousands of keys need be asked for
        codes = {code for values in rows if (code := values.get("credit_code"))}
        for found in _fetched("credit_code", sorted(codes)):
            self.by_code[found["credit_code"]] = found
        # A row whose code is known is that one, whatever its name.
        unknown = (values for values in rows if values.get("credit_code") not in self.by_code)
        names = {name for values in unknown if (name := core_name(values.get("name") or ""))}
        for found in _fetched("core_name", sorted(names)):
            self.by_name.setdefault(found["core_name"], []).append(found)

    def find(self, values) -> tuple[None, list[list]] | tuple[None, list]:
        """``(enterprise, candidates)``: the one it is, or those it may be (uid, name, likeness).

        (None, []) for neither.

        Without a code only the whole name says which one it is: companies are founded that differ
        in their legal form alone.
        """
        code, name = values.get("credit_code"), core_name(values.get("name") or "")
        if code and code in self.by_code:
            return self.by_code[code], []
        alike = [
            found for found in self.by_name.get(name, []) if not (code and found["credit_code"])
        ]
        whole = squeeze(values.get("name") or "") if alike else ""
        same = [found for found in alike if squeeze(found["name"]) == whole]
        if len(same) == 1:
            return same[0], []
        if alike:
            return None, [
                [str(found["uid"]), found["name"], 1.0] for found in (same or alike)[:SHOWN]
            ]
        return (None, self.near(name)) if not code and name else (None, [])

    def near(self, name) -> list:
        """The enterprises whose names share most pairs of characters with ``name``."""
        if self._pairs is None:
            self._index()
        pairs, shared = _pairs_of(name), {}
        for pair in pairs:
            for position in self._pairs.get(pair, ()):
                shared[position] = shared.get(position, 0) + 1
        likely = []
        for position, common in shared.items():
            uid, full, size = self._names[position]
            likeness = 2 * common / (size + len(pairs))
            if likeness >= LIKE:
                likely.append([str(uid), full, round(likeness, 2)])
        return sorted(likely, key=lambda entry: -entry[2])[:SHOWN]

    def _index(self) -> None:
        """Pairs of characters → enterprises; only built for a file that has names without codes."""
        self._pairs, self._names = {}, []
        for position, (uid, full, core) in enumerate(
            Enterprise.objects.values_list("uid", "name", "core_name").iterator()
        ):
            pairs = _pairs_of(core)
            self._names.append((uid, full, len(pairs)))
            for pair in pairs:
                self._pairs.setdefault(pair, []).append(position)


def _pairs_of(text) -> set:
    return {text[start : start + 2] for start in range(len(text) - 1)} or {text}


def _fetched(column, wanted) -> Iterator[dict[str, Any]]:
    for start in range(0, len(wanted), CHUNK):
        chosen = Enterprise.objects.filter(**{f"{column}__in": wanted[start : start + CHUNK]})
        yield from chosen.values("uid", "version", "core_name", *WRITTEN)
