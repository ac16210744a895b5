"""The figures of the managers' pages: what each says, how it is counted, and which rows are behind it.

Pages, the API, spreadsheets and PDFs read the same definitions: ``from visits.figures import FIGURES, Cut, Months``.
"""

from visits.figures.counts import stages, sums_by_unit, visits_by_month
from visits.figures.cut import Cut, Months
from visits.figures.definitions import FIGURES, PROJECTS, Figure

__all__ = ["FIGURES", "PROJECTS", "Cut", "Figure", "Months", "stages", "sums_by_unit", "visits_by_month"]
