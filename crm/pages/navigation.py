"""The menu: each app adds its entries (``menu``), so that crm need not know the apps above it."""

from dataclasses import dataclass
from operator import attrgetter

from django.urls import reverse

from crm.hooks import Hook
from crm.models import User


@dataclass(frozen=True)
class Entry:
    """One entry: a lazy label, the name of its address, an icon of the sprite, who sees it, and its
    place.

    ``wanted``, a function of the user, may ask more than the role; it is called with every page.
    """

    label: str
    url_name: str
    icon: str
    roles: frozenset
    order: int = 100
    on_phone: bool = False  # also in the bar at the foot of a telephone's screen
    wanted: object = None


#: Filled with Entry.
menu = Hook("menu", "Entries of the menu (Entry).", order=attrgetter("order"))


def entries_for(request) -> list[dict]:
    """The entries for the person of ``request``, as dictionaries with ``active`` set for the page
    that is open.
    """
    return [_shown(entry, request.path) for entry in menu if _is_for(entry, request.user)]


def _is_for(entry: Entry, user: User) -> bool:
    return user.role in entry.roles and (entry.wanted is None or entry.wanted(user))


def _shown(entry: Entry, path: str) -> dict:
    url = reverse(entry.url_name)
    return {
        "label": entry.label,
        "url": url,
        "icon": entry.icon,
        "active": path == url or (url != "/" and path.startswith(url)),
        "on_phone": entry.on_phone,
    }
