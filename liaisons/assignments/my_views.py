"""An officer's home: the enterprises one serves, the nearest or the longest waiting first."""

import math

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm.errors import Invalid
from crm.pages.generic import TemplatePageView
from liaisons.enterprises.views import waiting_text
from liaisons.models import Assignment, Enterprise, KeyProject

EARTH_RADIUS_KM = 6371.0
SHOWN = 200


def distance_km(latitude, longitude, enterprise) -> float | None:
    """Kilometres between a position and an enterprise (WGS-84 both).

    None when the enterprise has no position.
    """
    if enterprise.latitude is None:
        return None
    a, b = math.radians(latitude), math.radians(float(enterprise.latitude))
    half = math.sin((b - a) / 2) ** 2
    half += (
        math.cos(a)
        * math.cos(b)
        * math.sin(math.radians(float(enterprise.longitude) - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def _sort_by_distance(enterprises: list[Enterprise], position: tuple[float, float]) -> None:
    """The nearest first, those without a position last; each gets its ``distance``."""
    for enterprise in enterprises:
        enterprise.distance = distance_km(*position, enterprise)
    enterprises.sort(key=lambda e: (e.distance is None, e.distance or 0))


class MyEnterprisesView(TemplatePageView):
    """By distance when the telephone gives its position (used for this answer, kept nowhere), by
    waiting otherwise.
    """

    model = Enterprise
    template_name = "assignments/my_enterprises.html"

    def get_context_data(self, **kwargs: object) -> dict:
        user, position = self.request.user, self.position(self.request)
        served = Assignment.objects.current().filter(officer_id=user.pk)
        projects = KeyProject.objects.visible_to(user).filter(
            pk__in=served.filter(project__isnull=False).values("project")
        )
        return super().get_context_data(
            enterprises=self.enterprises(served, position),
            projects=projects.order_by("name")[:SHOWN],
            by_distance=bool(position),
            **kwargs,
        )

    def position(self, request: HttpRequest) -> tuple[float, float] | None:
        """``(latitude, longitude)`` of the query, None without one.

        Invalid when it is no place on earth.
        """
        if "lat" not in request.GET:
            return None
        try:
            latitude, longitude = float(request.GET["lat"]), float(request.GET["lng"])
        except (KeyError, ValueError) as error:
            raise Invalid(_("This is not a position.")) from error
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise Invalid(_("This is not a position."))
        return latitude, longitude

    def enterprises(
        self, served: QuerySet[Assignment], position: tuple[float, float] | None
    ) -> list[Enterprise]:
        """The first SHOWN enterprises of the assignments ``served``, the nearest or the longest
        waiting first, with ``waiting_text`` and, where there is a position, ``distance``.
        """
        rows = Enterprise.objects.visible_to(self.request.user).filter(
            pk__in=served.filter(enterprise__isnull=False).values("enterprise")
        )
        enterprises = list(rows.select_related("unit").order_by("waiting_since", "pk"))
        if position:
            _sort_by_distance(enterprises, position)
        del enterprises[SHOWN:]
        for enterprise in enterprises:
            enterprise.waiting_text = waiting_text(enterprise)
        return enterprises
