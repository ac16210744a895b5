from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Organisation")

    def ready(self):
        from crm import checks, exports, navigation, notices  # noqa: F401  (registers the start-up checks and the work of exports)
        from crm.menu import ENTRIES
        from crm.models import Division, Unit

        navigation.register(*ENTRIES)
        notices.register(*notices.KINDS)
        Division.used_by.append(lambda: Unit.objects.filter(division__isnull=False).values("division"))
