from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from crm.hooks import discover


class VisitsConfig(AppConfig):
    name = "visits"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("What happened")

    def ready(self) -> None:
        discover(self.name)
