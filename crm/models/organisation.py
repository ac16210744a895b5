"""The police organisation: a tree of units, and the people with an account."""

from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedQuerySet
from crm.models.classification import divisions_used
from crm.roles import Role
from crm.text.fields import NameField


class UnitQuerySet(ScopedQuerySet):
    def below(self, unit) -> Self:
        """The given unit and every unit below it."""
        return self.filter(path__startswith=unit.path)


class Unit(models.Model):
    """A police unit.

    Units are not administrative divisions: a bureau may serve a zone that has no division code.

    ``path`` holds the codes from the root down ("/3303/330302/33030201/"), so that a subtree is one
    prefix.
    """

    class Kind(models.TextChoices):
        CITY_BUREAU = "city_bureau", _("City bureau")
        COUNTY_BUREAU = "county_bureau", _("County bureau")
        ZONE_BUREAU = "zone_bureau", _("Functional-zone bureau")
        DEPARTMENT = "department", _("Department")
        STATION = "station", _("Police station")

    Kind.BUREAUX = frozenset({Kind.CITY_BUREAU, Kind.COUNTY_BUREAU, Kind.ZONE_BUREAU})

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent unit"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    code = models.CharField(_("unit code"), max_length=20, unique=True)
    name = NameField(_("name"), max_length=80)
    short_name = NameField(_("short name"), max_length=40)
    level = models.PositiveSmallIntegerField(editable=False, default=0)
    path = models.CharField(max_length=120, unique=True, editable=False)
    division = models.ForeignKey(
        "crm.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = models.Manager.from_queryset(UnitQuerySet)()
    roles_for = {"view": Role.ALL, "create": {Role.SYSTEM_ADMIN}, "change": {Role.SYSTEM_ADMIN}}

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["level"], condition=Q(level=0), name="unit_one_root"),
            models.UniqueConstraint(fields=["parent", "name"], name="unit_name_in_parent"),
        ]

    def __str__(self) -> Any:
        return self.name

    @property
    def is_bureau(self) -> bool:
        """Whether it is a bureau, whose subtree is a manager's view."""
        return self.kind in self.Kind.BUREAUX

    def keys_below(self) -> list[int]:
        """The primary keys of this unit and of all below it (a list): asked by nearly every
        request.
        """
        return list(Unit.objects.below(self).order_by().values_list("pk", flat=True))

    def save(self, *args, **kwargs) -> None:
        """Write the unit with its place in the tree.

        Moving a unit that has units below goes through ``unit_move``.
        """
        self.level = self.parent.level + 1 if self.parent else 0
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        super().save(*args, **kwargs)

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Every unit is known to everybody who has an account.

        Which rows lie in it is another question.
        """
        return Q()

    def seats(self, role) -> bool:
        """Whether a person of this unit may have ``role``: a station's head in a bureau would
        manage the whole bureau.
        """
        return self.kind in self._SEATS.get(role, Unit.Kind.values)

    _SEATS = {
        Role.STATION_HEAD: {Kind.STATION, Kind.DEPARTMENT},
        Role.COUNTY_MANAGER: {Kind.COUNTY_BUREAU, Kind.ZONE_BUREAU},
        Role.CITY_MANAGER: {Kind.CITY_BUREAU},
    }


@divisions_used.add
def divisions_of_units() -> QuerySet[Any]:
    """The keys of the divisions that units lie in."""
    return Unit.objects.filter(division__isnull=False).values("division")


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username) -> Any:
        """The account with its unit, in one statement: every request needs both."""
        return self.select_related("unit").get(police_number=username)

    def create_user(
        self, police_number, name, *, role=Role.OFFICER, unit=None, password=None, **extra
    ) -> Any:
        """A saved account; without a password nobody can log in to it until one is set.

        One given here counts as chosen.
        """
        user = self.model(police_number=police_number, name=name, role=role, unit=unit, **extra)
        user.set_password(password)
        if password:
            user.password_changed_at = timezone.now()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account of one person, named by the police number (text: it has leading zeros)."""

    police_number = NameField(_("police number"), max_length=20, unique=True)
    name = NameField(_("name"), max_length=40)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.OFFICER)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("unit")
    )
    email = models.EmailField(_("e-mail"), blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    # None: it is still the first one.
    password_changed_at = models.DateTimeField(_("password changed at"), null=True, blank=True)
    # Claims the day's mail: crm.notices.digests.
    digest_on = models.DateField(_("last digest on"), null=True, blank=True, editable=False)
    # How often all access was ended: crm.org.access.
    access_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "police_number"
    REQUIRED_FIELDS = ["name"]

    roles_for = {
        "view": Role.ADMINISTRATORS,
        "create": {Role.SYSTEM_ADMIN},
        "change": {Role.SYSTEM_ADMIN},
        "role": {Role.SECURITY_ADMIN},
    }

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["police_number"]

    def __str__(self) -> str:
        return f"{self.name} {self.police_number}"

    def _get_session_auth_hash(self, secret=None) -> str:
        """What a session carries and each request compares: Django's, and how often all access was
        ended.
        """
        salt = "crm.models.User.get_session_auth_hash"
        return salted_hmac(
            salt, f"{self.password}{self.access_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def check_password(self, raw_password) -> bool:
        """Django's.

        Where the hash is renewed by the way, a password given meanwhile is not written over.
        """
        held = self.password

        def renew(raw) -> None:
            self.set_password(raw)
            self._password = None
            User.objects.filter(pk=self.pk, password=held).update(password=self.password)

        return check_password(raw_password, held, renew)

    def get_short_name(self) -> Any:
        """What Django's admin greets by."""
        return self.name

    @property
    def may_search(self) -> Any:
        """Whether the search box could find this person anything: accounts and acts are not
        searched.
        """
        return self.role in Role.BUSINESS or self.role == Role.SYSTEM_ADMIN

    @property
    def may_have_calendar(self) -> bool:
        """Whether there are days to put into a calendar of this person's: administrators call on
        nobody.
        """
        return self.role in Role.BUSINESS

    @property
    def has_first_password(self) -> bool:
        """Whether the password is one that an administrator knows: nothing is open until the person
        has chosen another.
        """
        return self.password_changed_at is None

    # Django's admin asks these; only the system administrator's dictionaries are there (crm.admin).
    @property
    def is_staff(self) -> Any:
        return self.role == Role.SYSTEM_ADMIN

    def has_perm(self, perm, obj=None) -> Any:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label) -> Any:
        return self.is_active and self.is_staff
