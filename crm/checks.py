"""Start-up checks that hold this house's conventions. They run with every command."""

from django.apps import apps
from django.core.checks import Error, register

from crm.models.base import Noun


@register()
def nouns_state_their_scope(app_configs, **kwargs):
    """Every noun says who may do what (roles_for) and which rows (scope_q)."""
    errors = []
    for model in apps.get_models():
        if issubclass(model, Noun):
            if not model.roles_for.get("view"):
                errors.append(Error(f"{model.__name__} has no roles_for['view']", obj=model, id="crm.E001"))
            if model.scope_q.__func__ is Noun.scope_q.__func__:
                errors.append(Error(f"{model.__name__} does not define scope_q", obj=model, id="crm.E002"))
    return errors
