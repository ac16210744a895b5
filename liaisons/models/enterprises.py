"""The enterprises that are served, and the people there whom an officer may call."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Division, Industry, Noun, Role, Unit
from crm.secrets.encryption import EncryptedTextField, blind_index
from crm.text.fields import EncryptedNameField, NameField
from crm.text.words import core_name, squeeze
from liaisons.codes import validate_credit_code


class Enterprise(Noun):
    """An enterprise of the city.

    ``unit`` is the station that answers for it; officers are bound by Assignment.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("In business")
        SUSPENDED = "suspended", _("Suspended")
        MOVED = "moved", _("Moved away")
        CLOSED = "closed", _("Deregistered")

    class Currency(models.TextChoices):
        """Of registered capital, by ISO 4217."""

        CNY = "CNY", _("yuan")
        USD = "USD", _("US dollar")
        HKD = "HKD", _("Hong Kong dollar")
        EUR = "EUR", _("euro")
        JPY = "JPY", _("yen")
        GBP = "GBP", _("pound sterling")
        AUD = "AUD", _("Australian dollar")
        CAD = "CAD", _("Canadian dollar")
        SGD = "SGD", _("Singapore dollar")
        CHF = "CHF", _("Swiss franc")
        TWD = "TWD", _("New Taiwan dollar")
        KRW = "KRW", _("won")
        MOP = "MOP", _("Macao pataca")

    name = NameField(_("name"), max_length=160)
    core_name = models.CharField(max_length=160, editable=False, db_index=True)
    credit_code = models.CharField(
        _("credit code"),
        max_length=18,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_credit_code],
    )
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )
    industry = models.ForeignKey(
        Industry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("industry"),
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible unit"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE
    )
    above_scale = models.BooleanField(_("above designated size"), default=False)
    address = NameField(_("address"), max_length=200, blank=True, default="")
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    capital = models.DecimalField(
        _("registered capital"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    capital_currency = models.CharField(
        _("currency"), max_length=3, blank=True, default="", choices=Currency.choices
    )
    capital_text = models.CharField(max_length=60, blank=True, default="", editable=False)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    latitude = models.DecimalField(
        _("latitude (WGS-84)"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude (WGS-84)"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    # Kept by the visit's services: contacts by telephone or chat are no visits and do not count.
    last_visit_on = models.DateField(_("last visit"), null=True, editable=False)
    waiting_since = models.DateField(_("waiting since"), default=timezone.localdate, editable=False)

    roles_for = {
        "view": Role.BUSINESS,
        "create": {Role.STATION_HEAD, Role.COUNTY_MANAGER, Role.CITY_MANAGER},
        "change": Role.BUSINESS,
        "import": {Role.COUNTY_MANAGER, Role.CITY_MANAGER},
    }

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        indexes = [
            models.Index(fields=["name", "id"], name="enterprise_name"),
            models.Index(fields=["unit", "name", "id"], name="enterprise_unit_name"),
            models.Index(fields=["waiting_since", "id"], name="enterprise_waiting"),
            models.Index(fields=["division", "status"], name="enterprise_division"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(credit_code=""), name="enterprise_code_or_null"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="enterprise_position_whole",
            ),
        ]

    def __str__(self) -> Any:
        return self.name

    def clean(self) -> None:
        """Fill what is computed from the name, and let "no code" be NULL."""
        self.credit_code = self.credit_code or None
        self.core_name = core_name(self.name)
        wrong = {}
        if self.name and not self.core_name:
            wrong["name"] = _("A name has at least one letter or character.")
        if self.founded_on and self.founded_on > timezone.localdate():
            wrong["founded_on"] = _("This day has not come yet.")
        if self.capital is not None and self.capital < 0:
            wrong["capital"] = _("Capital is not negative.")
        if wrong := wrong | self._wrong_position():
            raise ValidationError(wrong)

    def _wrong_position(self) -> dict[str, Any]:
        """What is wrong with the position, by field."""
        wrong = {}
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            wrong[missing] = _("A position has a latitude and a longitude.")
        for name, most in (("latitude", 90), ("longitude", 180)):
            if (value := getattr(self, name)) is not None and abs(value) > most:
                wrong[name] = _("Between −%(most)d and %(most)d.") % {"most": most}
        return wrong

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Enterprises of the units that one reads or manages, and those one is assigned to today."""
        units = scope.units if action == "view" else scope.managed_units
        assignments = cls._meta.get_field("assignments").related_model
        mine = (
            assignments.objects.current()
            .filter(officer__in=scope.own, enterprise__isnull=False)
            .values("enterprise")
        )
        return Q(unit__in=units) | Q(pk__in=mine)


def keys_in_division(division) -> QuerySet[Any]:
    """The keys of the enterprises in a division or within it: a condition for rows that are already
    scoped.
    """
    within = Q(division=division) | Q(
        division__in=Division.objects.filter(parent=division).values("pk")
    )
    return Enterprise.objects.filter(within).values("pk")


def keys_in_section(section) -> QuerySet[Any]:
    """The keys of the enterprises of an industrial section (A–T): a condition for rows that are
    already scoped.
    """
    return Enterprise.objects.filter(
        industry__in=Industry.objects.filter(section=section).values("pk")
    ).values("pk")


phone_validator = RegexValidator(
    r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|400-?\d{3}-?\d{4})$",
    _("Enter a mobile number of 11 digits or a landline such as 0577-88888888."),
)


def masked_name(name) -> str:
    """The surname and stars: 陈*."""
    return f"{name[:1]}{'*' * max(len(name) - 1, 1)}" if name else ""


def masked_phone(phone) -> Any:
    """The first three and last two digits: 138******21."""
    return (
        f"{phone[:3]}{'*' * max(len(phone) - 5, 1)}{phone[-2:]}"
        if len(phone) > 5
        else "*" * len(phone)
    )


class Contact(Noun):
    """A person to talk to at an enterprise: name, role and work phone, nothing more
    (docs/domain.md §9).

    Name and phone are encrypted at rest and found by exact match only, through their blind indexes.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="contacts", verbose_name=_("enterprise")
    )
    name = EncryptedNameField(_("name"), max_length=40)
    name_index = models.CharField(max_length=64, editable=False, db_index=True)
    job_title = NameField(_("role"), max_length=40, blank=True, default="")
    work_phone = EncryptedTextField(
        _("work phone"), max_length=20, blank=True, default="", validators=[phone_validator]
    )
    phone_index = models.CharField(
        max_length=64, editable=False, db_index=True, default="", blank=True
    )
    is_main = models.BooleanField(_("main contact"), default=False)
    left_on = models.DateField(_("no longer there since"), null=True, blank=True)

    roles_for = {
        "view": Role.BUSINESS,
        "create": Role.BUSINESS,
        "change": Role.BUSINESS,
        "reveal": Role.BUSINESS,
    }

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [models.Index(fields=["enterprise", "id"], name="contact_enterprise")]

    def __str__(self) -> str:
        return self.masked_name

    def clean(self) -> None:
        """Make the blind indexes follow what is encrypted."""
        self.name_index, self.phone_index = (
            blind_index(squeeze(self.name)),
            blind_index(squeeze(self.work_phone)),
        )

    @property
    def masked_name(self) -> str:
        return masked_name(self.name)

    @property
    def masked_phone(self) -> Any:
        return masked_phone(self.work_phone)

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """The contacts of the enterprises in scope."""
        return Q(
            enterprise__in=Enterprise.objects.filter(Enterprise.scope_q(scope, "view")).values("pk")
        )
