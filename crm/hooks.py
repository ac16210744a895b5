"""What one feature reads and others fill in: entries of the menu, searchers, kinds of jobs, whoever follows a change.

A feature that reads declares a ``Hook``; a feature that fills it in does so beside what it fills in::

    menu = Hook("menu", "Entries of the menu")              # crm/pages/navigation.py
    menu.add(Entry(_("Visits"), "visit_list", …))            # visits/recording/navigation.py

    access_ended = Hook("access_ended", "Called when …")    # crm/org/access.py
    @access_ended.add
    def tokens_end(*, user, reason, by): …                  # api/tokens/services.py

Each app's ``ready()`` calls ``discover``: it imports the modules that may fill hooks in, which are known by their names
(``FILLING``). ``manage.py hooks`` lists every hook and who fills it in.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

#: A module whose name ends with one of these is imported at start-up and may fill hooks in.
FILLING = (
    "checks",
    "errors",
    "exports",
    "feeds",
    "filters",
    "navigation",
    "notifications",
    "nouns",
    "search",
    "services",
    "work",
)

#: Name → hook, in the order of their declaration.
HOOKS: dict[str, "Hook"] = {}


class Hook:
    """A named place that other features fill in; iterating yields what they did, in order.

    ``meaning`` says what is put in and when it is used. ``key`` is a function of an item: two items with the same key
    are a mistake (LookupError). ``order`` is a function of an item by which they are sorted; without it they come as they
    were added.
    """

    def __init__(self, name: str, meaning: str, *, key: Any = None, order: Any = None) -> None:
        if name in HOOKS:
            raise LookupError(f"there is a hook {name!r} already")
        self.name, self.meaning, self.key, self.order = name, meaning, key, order
        self.items: list[Any] = []
        HOOKS[name] = self

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def add(self, *items: Any) -> Any:
        """Put ``items`` in. Returns the first, so that it decorates a function."""
        for item in items:
            if self.key is not None and self.get(self.key(item)) is not None:
                raise LookupError(f"{self.key(item)!r} is in the hook {self.name!r} already")
            self.items.append(item)
        if self.order is not None:
            self.items.sort(key=self.order)
        return items[0]

    def get(self, key: Any) -> Any:
        """The item with this ``key``, or None."""
        return next((item for item in self.items if self.key(item) == key), None)


def discover(app: str) -> None:
    """Import the modules of ``app`` that may fill hooks in; called when the models are loaded."""
    folder = Path(import_module(app).__path__[0])
    for path in sorted(folder.rglob("*.py")):
        if path.stem.endswith(FILLING) and "migrations" not in path.parts:
            import_module(".".join((app, *path.relative_to(folder).with_suffix("").parts)))
