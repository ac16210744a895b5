"""What is done with accounts, by the administrators alone.

The powers are separated: the system administrator enters, moves and ends accounts and gives first
passwords; the security administrator gives roles and releases locked accounts; the audit
administrator reads. Nobody changes their own account here, so that no one of them alone can become
anything else. Each change of what an account may open ends all access that was given before
(crm.org.access).
"""

import datetime
import secrets
import string
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import role_may
from crm.errors import Invalid, NotAllowed
from crm.hooks import Hook
from crm.models import Role, Unit, User
from crm.org.access import access_end, require_open
from crm.org.lockouts import lockout_forget
from crm.writing.audit import audit
from crm.writing.rows import validate

account_changed = Hook(
    "account_changed",
    "Called with user=…, day=…, by=… after a change of an account, in its transaction.",
)

PASSWORD_LENGTH = 14
#: Without what is taken for one another on paper.
READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI")


def account_create(*, police_number, name, unit, email="", by) -> tuple[User, str]:
    """A new account of a liaison officer in ``unit``; returns ``(user, first password)``.

    Another role is given after.
    """
    _require(by, "create")
    user = User(
        police_number=police_number.strip(),
        name=name.strip(),
        unit=unit,
        email=email,
        role=Role.OFFICER,
    )
    password = new_password(user)
    user.set_password(password)
    validate(user)
    with transaction.atomic():
        user.save()
        audit(
            "account.create", by=by, target=user, police_number=user.police_number, unit=unit.code
        )
        _follow(user, timezone.localdate(), by)
    return user, password


def account_move(*, user, unit, day, by) -> User:
    """Move a person to another unit from ``day`` on, at the latest today: the old posting ends and
    a new one begins.
    """
    _require(by, "change", user)
    _require_move(user, unit, day)
    moved = [user.unit.code if user.unit else "", unit.code]
    with transaction.atomic():
        access_end(user, "account.move", by, unit=unit)
        audit("account.move", by=by, target=user, unit=moved, day=str(day))
        _follow(user, day, by)
    return user


def _require_move(user: User, unit: Unit, day: datetime.date) -> None:
    """Invalid, with the field's name, for a move that is to come, is none, or leads to a wrong
    unit.
    """
    if day > timezone.localdate():
        raise Invalid(errors={"day": [_("Enter the move on the day it takes effect.")]})
    if unit == user.unit:
        raise Invalid(errors={"unit": [_("The person is in this unit already.")]})
    _require_seat(user.role, unit, "unit")


def account_role(*, user, role, by) -> Any:
    """Give a person another role."""
    _require(by, "role", user)
    if role not in Role.values:
        raise Invalid(errors={"role": [_("There is no such role.")]})
    _require_seat(role, user.unit, "role")
    old = user.role
    with transaction.atomic():
        access_end(user, "account.role", by, role=role)
        audit("account.role", by=by, target=user, role=[old, role])
        _follow(user, timezone.localdate(), by)
    return user


def account_end(*, user, by) -> Any:
    """End an account: nobody can log in to it any more, and whoever is logged in is out at the next
    request.
    """
    return _switch(user, False, "account.end", by)


def account_resume(*, user, by) -> Any:
    """Let a person who came back log in again; what opened the account before stays shut."""
    return _switch(user, True, "account.resume", by)


def _switch(user, active, verb, by) -> Any:
    _require(by, "change", user)
    with transaction.atomic():
        access_end(user, verb, by, is_active=active)
        audit(verb, by=by, target=user)
        _follow(user, timezone.localdate(), by)
    return user


def account_password(*, user, by) -> str:
    """Set a new first password for a person who has forgotten theirs.

    Returns it, to be shown once.
    """
    _require(by, "change", user)
    password = new_password(user)
    user.set_password(password)
    with transaction.atomic():
        access_end(
            user, "account.first_password", by, password=user.password, password_changed_at=None
        )
        lockout_forget(user)
        audit("account.first_password", by=by, target=user)
    return password


def account_own_password(*, user, password) -> None:
    """Take the password that a person chose.

    Only the session that the caller renews afterwards goes on.
    """
    user.set_password(password)
    with transaction.atomic():
        require_open(user)
        access_end(
            user,
            "account.password",
            user,
            password=user.password,
            password_changed_at=timezone.now(),
        )
        audit("account.password", by=user)


def new_password(user) -> str:
    """A random password that the rules take and that can be read aloud."""
    while True:
        password = "".join(
            secrets.choice(READABLE) for _character in range(PASSWORD_LENGTH - 1)
        ) + secrets.choice("-+=%")
        try:
            validate_password(password, user)
        except ValidationError:
            continue
        return password


def _require(by, action, user=None) -> None:
    if not role_may(by, action, User):
        raise NotAllowed()
    if user is not None and user.pk == by.pk:
        raise NotAllowed(_("Nobody changes their own account here. Ask another administrator."))


def _require_seat(role, unit, field) -> None:
    if unit is None or unit.seats(role):
        return
    sentence = _(
        "The role “%(role)s” does not belong to a %(kind)s. Make the person a liaison officer first, then move, then give the role."
    )
    raise Invalid(
        errors={field: [sentence % {"role": Role(role).label, "kind": unit.get_kind_display()}]}
    )


def _follow(user, day, by) -> None:
    for follow in account_changed:
        follow(user=user, day=day, by=by)
