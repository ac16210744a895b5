"""Pages ask by themselves how the check of an upload goes: a few times, at growing distances, then
no more.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.errors import Missing

#: Seconds before each asking; without an answer after the last one the page says how to look again.
WAITS = (1, 1, 2, 3, 5, 8, 13, 21, 30, 30, 30)


def state_shown(request, row, template, context, *, place, address) -> HttpResponse:
    """The answer to a page that asks about ``row``, an upload: while it is checked, what asks
    again; then its own fragment.

    That one (``template`` with ``context``) takes the place of the element with the id ``place``;
    ``address`` is what is asked.
    """
    if row.is_checking:
        text = request.GET.get("asked", "")
        asked = int(text) + 1 if text.isdecimal() and len(text) < 4 else 1
        wait = WAITS[asked] if asked < len(WAITS) else None
        return render(
            request,
            "attachments/asks.html",
            {"address": address, "asked": asked, "wait": wait, "asks_no_more": wait is None},
        )
    response = render(request, template, context)
    response["HX-Retarget"], response["HX-Reswap"] = f"#{place}", "outerHTML"
    return response


def require_ready(row) -> None:
    """Missing, with the reason, for an upload that nobody is handed yet or at all."""
    if row.is_checking:
        raise Missing(_("This file is still being checked. Try again in a moment."))
    if row.is_refused:
        raise Missing(row.why_refused)
