"""What every page shows around its content."""

from django.utils.functional import SimpleLazyObject

from crm.pages.navigation import entries_for


def menu(request) -> dict[str, list] | dict[str, SimpleLazyObject]:
    """Context of every template: the menu that this person may open, worked out where it is drawn."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": []}
    return {"menu": SimpleLazyObject(lambda: entries_for(request))}
