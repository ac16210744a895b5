from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    name = "visits"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("What happened")

    def ready(self):
        from crm.notices import feeds
        from crm.notices import services as notices
        from crm.pages import navigation
        from crm.search import index  # models are loaded by now, not when this module is
        from liaisons.enterprises.filters import EnterpriseFilterSet
        from liaisons.enterprises.services import followers, kept_along
        from visits.attachments import checking  # noqa: F401  (registers the work of its jobs)
        from visits.causes.notifications import KINDS as CAUSE_KINDS
        from visits.feeds import SOURCES
        from visits.imports import services  # noqa: F401  (registers the work of its jobs)
        from visits.ledgers import work as ledger_work  # noqa: F401  (registers the work of its jobs)
        from visits.models import CommonCause, Problem, TalliedClass, VisitMonths
        from visits.navigation import ENTRIES
        from visits.problems.notifications import KINDS
        from visits.recording.enterprise_filters import FILTERS
        from visits.reporting import rollups
        from visits.search import SEARCHERS
        from visits.summaries import work  # noqa: F401  (registers the work of its jobs)

        navigation.register(*ENTRIES)
        index.register(*SEARCHERS)
        notices.register(*KINDS, *CAUSE_KINDS, *rollups.KINDS, about=(CommonCause, Problem))
        feeds.register(*SOURCES)
        EnterpriseFilterSet.extend(**FILTERS)
        followers.append(rollups.enterprises_moved)
        kept_along.extend((TalliedClass, VisitMonths))
