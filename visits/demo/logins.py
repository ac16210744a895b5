"""The people as whom one may look at the demonstration."""

from crm.models import Role

#: The password of every account of the demonstration.
PASSWORD = "Wenzhou-Demo-1"  # noqa: S105 (printed for everybody by manage.py demo_logins)

OFFICER, STATION_HEAD, COUNTY_MANAGER, CITY_MANAGER = "033001", "033002", "033003", "033004"
#: (police number, role, name)
DEMO_ADMINISTRATORS = (
    ("033005", Role.SYSTEM_ADMIN, "系统管理员"),
    ("033006", Role.SECURITY_ADMIN, "安全管理员"),
    ("033007", Role.AUDIT_ADMIN, "审计管理员"),
)
DEMO_NUMBERS = (
    OFFICER,
    STATION_HEAD,
    COUNTY_MANAGER,
    CITY_MANAGER,
    *(number for number, *_rest in DEMO_ADMINISTRATORS),
)
