from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from crm.hooks import discover


class LiaisonsConfig(AppConfig):
    name = "liaisons"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Who serves whom")

    def ready(self) -> None:
        discover(self.name)
