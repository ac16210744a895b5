"""Code tables: their prefixes, and how nouns name a row of them."""

from django.db.models import Q

from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from api.dictionaries.views import (
    DivisionViewSet,
    IndustryViewSet,
    ProblemCategoryViewSet,
    ServiceItemViewSet,
    TopicViewSet,
)
from crm.models import Division, Industry
from visits.models import ProblemCategory, ServiceItem, Topic
from visits.models.dictionaries import offered_codes

nouns.add(
    ApiNoun("dictionaries/topics", TopicViewSet),
    ApiNoun("dictionaries/services", ServiceItemViewSet),
    ApiNoun("dictionaries/problem-categories", ProblemCategoryViewSet),
    ApiNoun("dictionaries/divisions", DivisionViewSet),
    ApiNoun("dictionaries/industries", IndustryViewSet),
)
references.add(
    Reference(Division, "code", usable=Q(obsolete=False)),
    Reference(Industry, "code"),
    Reference(Topic, "code", usable=Q(retired=False), keys_of=offered_codes),
    Reference(ServiceItem, "code", usable=Q(retired=False), keys_of=offered_codes),
    Reference(ProblemCategory, "code", usable=Q(retired=False), keys_of=offered_codes),
)
