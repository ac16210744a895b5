from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiaisonsConfig(AppConfig):
    name = "liaisons"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Who serves whom")

    def ready(self):
        from crm.models import Division, Industry
        from crm.org import accounts
        from crm.pages import navigation
        from crm.search import index  # models are loaded by now, not when this module is
        from liaisons.enterprises.services import follow_industries
        from liaisons.imports import work  # noqa: F401  (registers the work of its jobs)
        from liaisons.models import Enterprise
        from liaisons.navigation import ENTRIES
        from liaisons.officers.services import officer_follow
        from liaisons.search import SEARCHERS

        navigation.register(*ENTRIES)
        index.register(*SEARCHERS)
        accounts.followers.append(officer_follow)
        Industry.followers.append(follow_industries)
        Division.used_by.append(
            lambda: Enterprise.objects.filter(division__isnull=False).order_by().values("division")
        )
