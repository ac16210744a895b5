"""Logging in: the account backend and the password rule that Django does not have."""

import string
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.db.kept import kept_plans
from crm.models import User
from crm.org.lockouts import failed, note_locked, succeeded, tried


class AccountBackend(BaseBackend):
    """Police number and password.

    A wrong number takes as long as a wrong password, and guessing has its limits
    (crm.org.lockouts).
    """

    def authenticate(self, request, username=None, password=None, **kwargs) -> User | None:
        """The account, or None. Django's own name ``username`` carries the police number."""
        if not username or password is None:
            return None
        number = username.strip()
        user = User.objects.select_related("unit").filter(police_number=number).first()
        attempt, limit = tried(request, number, user)
        if not limit and self.fits(user, password):
            succeeded(attempt)
            return user
        limit = limit or failed(attempt)
        if request is not None:
            request.login_limit = limit  # what the pages and the API show
        if limit:
            note_locked(number, limit)
        return None

    def fits(self, user, password) -> Any:
        """Whether the password is that of the account (None: there is none) and the account is in
        use.
        """
        if user is None:
            User().set_password(password)
            return False
        return user.check_password(password) and user.is_active

    def get_user(self, user_id: int) -> User | None:
        """The account of a session with its unit, in one statement; None once it is inactive."""
        with kept_plans():
            return User.objects.select_related("unit").filter(pk=user_id, is_active=True).first()


class LengthValidator(MinimumLengthValidator):
    """Django's rule with a sentence of ours, which has its translation."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return _("A password has at least %(count)d characters.") % {"count": self.min_length}


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Django's rule, with a sentence of ours.

    And nothing that shows who it is may be a part of the password.
    """

    SHORTEST = 3  # characters that are looked for

    def validate(self, password, user=None) -> None:
        super().validate(password, user)
        known = (getattr(user, name, None) or "" for name in self.user_attributes)
        if any(len(text) >= self.SHORTEST and text.lower() in password.lower() for text in known):
            raise ValidationError(self.get_error_message(), code="password_too_similar")

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return _("A password must not be much like your name, police number or e-mail.")


class CharacterClassesValidator:
    """At least ``classes`` of: lower case, upper case, digits, other characters."""

    def __init__(self, classes=3) -> None:
        self.classes = classes

    def validate(self, password, user=None) -> None:
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
        found = sum(any(c in kind for c in password) for kind in kinds)
        found += any(not any(c in kind for kind in kinds) for c in password)
        if found < self.classes:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        return _(
            "Use at least %(count)d of: small letters, capital letters, digits, other characters."
        ) % {"count": self.classes}
