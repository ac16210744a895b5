"""Whom a unit is told through: who answers for it, and who serves in it."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from crm.models import Role, Unit, User


class People:
    """Who answers for some units, and who serves in them: one statement, however many units there
    are.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        units = list(units)
        codes = {code for unit in units for code in unit.path.split("/") if code}
        rows = User.objects.filter(Q(unit__code__in=codes), is_active=True, role__in=Role.BUSINESS)
        self._managers, self._all = defaultdict(list), defaultdict(list)
        for pk, role, path in rows.order_by("pk").values_list("pk", "role", "unit__path"):
            self._all[path].append(pk)
            if role in Role.MANAGERS:
                self._managers[path].append(pk)

    def managing(self, unit: Unit, above: int = 0) -> list[int]:
        """Who manages ``unit``, or the unit so many steps above it (the root at most), or the next
        one up that is managed.
        """
        codes = unit.path.strip("/").split("/")
        for count in range(max(len(codes) - above, 1), 0, -1):
            if found := self._managers.get(f"/{'/'.join(codes[:count])}/"):
                return found
        return []

    def serving(self, unit: Unit) -> list[int]:
        """Everybody of ``unit``; where it has nobody, who manages above it."""
        return self._all.get(unit.path) or self.managing(unit)
