"""The figures of the managers' pages: what each says, how it is counted, and which rows are behind
it.

Pages, the API, spreadsheets and PDFs read the same definitions: ``from visits.reporting.figures
import FIGURES, Cut, Months``.
"""

from visits.reporting.figures.counts import stages, sums_by_unit, visits_by_month
from visits.reporting.figures.cut import Cut, Months
from visits.reporting.figures.definitions import FIGURES, PROJECTS, Figure

__all__ = [
    "FIGURES",
    "PROJECTS",
    "Cut",
    "Figure",
    "Months",
    "stages",
    "sums_by_unit",
    "visits_by_month",
]
