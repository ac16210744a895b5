from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("The API")

    def ready(self):
        from api.transitions.tokens import tokens_end  # models are loaded by now, not when this module is
        from crm import access

        access.enders.append(tokens_end)
