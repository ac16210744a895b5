"""What a person is in this system."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in this system.

    The three administrators are separated and read no business data.
    """

    OFFICER = "officer", _("Liaison officer")
    STATION_HEAD = "station_head", _("Station head")
    COUNTY_MANAGER = "county_manager", _("County manager")
    CITY_MANAGER = "city_manager", _("City manager")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")

    #: Sets of roles, filled in below: an enumeration's members are not there yet while it is made.
    MANAGERS: ClassVar[frozenset[str]]
    BUSINESS: ClassVar[frozenset[str]]
    ADMINISTRATORS: ClassVar[frozenset[str]]
    ALL: ClassVar[frozenset[str]]


Role.MANAGERS = frozenset({Role.STATION_HEAD, Role.COUNTY_MANAGER, Role.CITY_MANAGER})
Role.BUSINESS = Role.MANAGERS | {Role.OFFICER}
Role.ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
Role.ALL = frozenset(Role.values)
