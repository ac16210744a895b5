"""One's own enterprises, and who serves which, in the menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu
from liaisons.models import may_call


def _serves(user) -> Any:
    """Whether ``user`` can have enterprises.

    Of officers by role it is known, and costs their pages no statement.
    """
    return user.role == Role.OFFICER or may_call(user)


menu.add(
    Entry(
        _("My enterprises"),
        "my_enterprises",
        "building-store",
        Role.BUSINESS,
        order=10,
        on_phone=True,
        wanted=_serves,
    ),
    Entry(_("Assignments"), "assignment_list", "user-check", Role.BUSINESS, order=70),
)
