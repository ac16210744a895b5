"""The managers' dashboard."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import NotAllowed
from crm.pages.generic import TemplatePageView
from visits.models import VisitTally
from visits.reporting.dashboard import Dashboard
from visits.reporting.figures import FIGURES
from visits.reporting.filters import PERIODS, DashboardForm, months_of


class DashboardView(TemplatePageView):
    """The figures of one's units.

    A filter that cannot be understood is named, and no figure is shown.
    """

    model = VisitTally
    template_name = "reporting/dashboard.html"
    title = gettext_lazy("Dashboard")

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        return self.render_to_response(context, status=200 if "board" in context else 400)

    def get_context_data(self, **kwargs: object) -> dict:
        user = self.request.user
        if user.unit is None:
            raise NotAllowed(
                _(
                    "You have no unit yet, so there is nothing to show. Ask the system administrator to enter it."
                )
            )
        form = DashboardForm(self.request.GET, user=user)
        figures = self.figures(form) if form.is_valid() else {}
        return super().get_context_data(form=form, **figures, **kwargs)

    def figures(self, form: DashboardForm) -> dict:
        """What the page shows of a valid form."""
        cut, sort = form.cut, form.cleaned_data["sort"]
        board = Dashboard(cut, form.units)
        return {
            "board": board,
            "cut": cut,
            "place": (cut.unit or form.units[0]).name,
            "periods": self.periods(form),
            "way_up": self.way_up(cut, form.units),
            "heads": self.heads(sort),
            "unit_sort_url": self.address(sort="" if sort != "unit" else "-unit"),
            "rows": [
                (row, self.address(unit=row.unit.code) if row.unit else "")
                for row in board.rows(sort)
            ],
        }

    def periods(self, form: DashboardForm) -> Iterator[dict]:
        """The quick choices of a period."""
        for name, label in PERIODS:
            months = months_of(name, form.today)
            yield {
                "label": label,
                "url": self.address(period=name, month_from="", month_to=""),
                "chosen": months == form.months,
            }

    def way_up(self, cut, units) -> Iterator[dict[str, Any]]:
        """The units above the chosen one that the person may look at, the highest first."""
        if cut.unit is None:
            return
        for unit in units:
            if cut.unit.path.startswith(unit.path) and unit.pk != cut.unit.pk:
                yield {"name": unit.name, "url": self.address(unit=unit.code)}

    def heads(self, sort: str) -> Iterator[dict]:
        """The columns of the table by unit, with the addresses that sort it."""
        for figure in FIGURES:
            order = {figure.key: "asc", f"-{figure.key}": "desc"}.get(sort, "")
            turned = figure.key if order == "desc" else f"-{figure.key}"
            yield {"label": figure.name, "sorted": order, "url": self.address(sort=turned)}

    def address(self, **changes: str) -> str:
        """The page's address with some parameters changed; an empty one is left out."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query[name] = value
        kept = {name: value for name, value in query.items() if value}
        query.clear()
        query.update(kept)
        return f"{self.request.path}?{query.urlencode()}" if kept else self.request.path
