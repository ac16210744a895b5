from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Organisation")

    def ready(self):
        from crm import checks  # noqa: F401  (registers the start-up checks)
        from crm.documents import exports  # noqa: F401  (registers the work of its jobs)
        from crm.models import Division, Unit
        from crm.notices import services as notices
        from crm.pages import navigation
        from crm.pages.menu import ENTRIES

        navigation.register(*ENTRIES)
        notices.register(*notices.KINDS)
        Division.used_by.append(
            lambda: Unit.objects.filter(division__isnull=False).values("division")
        )
