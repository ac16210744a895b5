"""Filters of what only the API lists: code tables, jobs, tokens."""

import django_filters

from crm.models import Division, Industry, Job
from crm.pages.filters import NounFilterSet
from visits.models import ProblemCategory, ServiceItem, Topic


class WordFilterSet(NounFilterSet):
    """``retired`` words are listed too while the filter is not set."""

    retired = django_filters.BooleanFilter()


class TopicFilterSet(WordFilterSet):
    class Meta:
        model = Topic
        fields = []


class ServiceItemFilterSet(WordFilterSet):
    class Meta:
        model = ServiceItem
        fields = []


class ProblemCategoryFilterSet(WordFilterSet):
    parent = django_filters.CharFilter("parent__code")

    class Meta:
        model = ProblemCategory
        fields = []


class DivisionFilterSet(NounFilterSet):
    """``parent`` is the code of the division that the listed ones lie in."""

    parent = django_filters.CharFilter("parent_id")
    obsolete = django_filters.BooleanFilter()

    class Meta:
        model = Division
        fields = []


class IndustryFilterSet(NounFilterSet):
    section = django_filters.CharFilter("section")

    class Meta:
        model = Industry
        fields = []


class JobFilterSet(NounFilterSet):
    """The parts of a job are not listed."""

    state = django_filters.MultipleChoiceFilter(choices=Job.State.choices, distinct=False)
    kind = django_filters.CharFilter("kind")

    class Meta:
        model = Job
        fields = []


class TokenFilterSet(NounFilterSet):
    class Meta:
        fields = []
