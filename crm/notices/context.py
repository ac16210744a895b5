"""What every page shows of notices."""

from django.utils.functional import SimpleLazyObject

from crm.notices.services import unread_count


def unread(request) -> dict | dict[str, SimpleLazyObject]:
    """Context of every template: the bell's count, worked out where it is drawn."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"unread": SimpleLazyObject(lambda: unread_count(user))}
