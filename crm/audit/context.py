"""What is known of the request that runs now, for the audit; and what every page shows around its content."""

import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.utils.functional import SimpleLazyObject

from crm.notices.services import unread_count
from crm.pages.navigation import entries_for


@dataclass(frozen=True)
class RequestContext:
    """The network address and the identifier of one request; empty in tasks and commands."""

    address: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


NO_REQUEST = RequestContext(request_id="")
current = ContextVar("crm_request_context", default=NO_REQUEST)


def navigation(request):
    """Context of every template: the menu that this person may open and the bell's count, worked out where they are drawn."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": []}
    return {"menu": SimpleLazyObject(lambda: entries_for(request)), "unread": SimpleLazyObject(lambda: unread_count(user))}
