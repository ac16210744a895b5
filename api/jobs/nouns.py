"""Jobs: their prefix."""

from api.core.nouns import ApiNoun, nouns
from api.jobs.views import JobViewSet

nouns.add(ApiNoun("jobs", JobViewSet))
