"""Problems: their prefix, and how other nouns name them."""

from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from api.problems.views import ProblemViewSet
from visits.models import Problem

nouns.add(ApiNoun("problems", ProblemViewSet))
references.add(Reference(Problem, shown=("title",)))
