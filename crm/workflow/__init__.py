"""Rows travel by a table of steps: what leads from one state to the next, who may take it, when.

A feature declares one ``Workflow`` for its model and writes the rows of its table with the
decorator ``transition``; pages, API, admin and tasks take steps through it alone, and ask it which
may be taken. What a step's own feature adds (a clock, notices, what is superseded) it declares as
``move`` and ``after_step``.
"""

from crm.workflow.transitions import Transition, whose
from crm.workflow.workflow import LONGEST_WHY, Workflow

__all__ = ["LONGEST_WHY", "Transition", "Workflow", "whose"]
