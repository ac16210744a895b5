"""Start-up checks that hold this house's conventions. They run with every command; what asks the database, with
``manage.py check --database default``."""

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.db import DEFAULT_DB_ALIAS

from crm.crypto import unreadable_sentence
from crm.models.base import Noun
from crm.sealed import counted_sealed, holds_sealed


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


@register(Tags.database)
def personal_data_can_be_read(databases=None, **kwargs):
    """Every encrypted value opens with a key that is here. Asked by ``manage.py check --database default``."""
    if not databases or DEFAULT_DB_ALIAS not in databases or not holds_sealed():
        return []
    looked_at, unreadable = counted_sealed()
    if not unreadable:
        return []
    told = f"{unreadable} of {looked_at} encrypted values (names and numbers of contacts) cannot be read with the keys that are here."
    return [Error(told, hint=unreadable_sentence(), id="crm.E010")]
