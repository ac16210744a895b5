from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("The API")

    def ready(self):
        from api.core.errors import unavailable  # models are loaded by now, not when this module is
        from api.tokens.services import tokens_end
        from crm.backing import outages
        from crm.org import access

        access.enders.append(tokens_end)
        outages.tell_as("/api/", unavailable)
