from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("The API")

    def ready(self):
        from api.problems import unavailable
        from crm import outages

        outages.tell_as("/api/", unavailable)
