"""Keeping a list's address under a name."""

from typing import Any

from crm.models import SavedLink


def link_save(*, name, path, query, by) -> Any:
    """Keep ``path`` and ``query`` as ``by``'s ``name`` on that page.

    A name that is there already is given the new query.
    """
    link, _created = SavedLink.objects.update_or_create(
        owner=by, path=path, name=name, defaults={"query": query}
    )
    return link
