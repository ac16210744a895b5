"""Start-up checks: of this project's conventions, and of what an installation forgot.

They run with every command; what looks at all of the database, with ``manage.py check --database
default``.
"""

import os
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connection

from crm.models.base import Noun
from crm.secrets.encryption import unreadable_sentence
from crm.secrets.private import is_open
from crm.secrets.readable import counted_sealed, refusal_to_start
from crm.secrets.sealed import holds_sealed


@register()
def nouns_state_their_scope(app_configs, **kwargs) -> list:
    """Every noun says who may do what (roles_for) and which rows (scope_q)."""
    errors = []
    for model in apps.get_models():
        if issubclass(model, Noun):
            if not model.roles_for.get("view"):
                errors.append(
                    Error(f"{model.__name__} has no roles_for['view']", obj=model, id="crm.E001")
                )
            if model.scope_q.__func__ is Noun.scope_q.__func__:
                errors.append(
                    Error(f"{model.__name__} does not define scope_q", obj=model, id="crm.E002")
                )
    return errors


@register()
def the_data_key_opens_what_is_there(app_configs, **kwargs) -> list | list[Error]:
    """A sample of what is encrypted opens with a key that is here.

    Nothing is asked of a database that is not there yet.
    """
    if connection.vendor == "sqlite" and not (
        connection.is_in_memory_db() or Path(connection.settings_dict["NAME"]).exists()
    ):
        return []
    told = "Names and numbers of contacts cannot be read with the keys that are here."
    sentence = refusal_to_start()
    return [Error(told, hint=sentence, id="crm.E011")] if sentence else []


@register(Tags.database)
def personal_data_can_be_read(databases=None, **kwargs) -> list | list[Error]:
    """Every encrypted value opens with a key that is here.

    Asked by ``manage.py check --database default``.
    """
    if not databases or DEFAULT_DB_ALIAS not in databases or not holds_sealed():
        return []
    looked_at, unreadable = counted_sealed()
    if not unreadable:
        return []
    told = f"{unreadable} of {looked_at} encrypted values (names and numbers of contacts) cannot be read with the keys that are here."
    return [Error(told, hint=unreadable_sentence(), id="crm.E010")]


@register(Tags.security)
def files_are_private(app_configs, **kwargs) -> list[Warning]:
    """Nobody but the service's user reads the database, the files and the keys."""
    places = [settings.VAR_DIR, settings.MEDIA_ROOT, *settings.SECRET_FILES.values()]
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        name = str(settings.DATABASES["default"]["NAME"])
        places += [f"{name}{ending}" for ending in ("", "-wal", "-shm")]
    found = [str(place) for place in places if is_open(place)]
    sentence = f"Other users of this machine may read {', '.join(found)}. Take it away from them: chmod -R go= …"
    return [Warning(sentence, id="crm.W001")] if found else []


@register(Tags.security)
def proxies_are_named(app_configs, **kwargs) -> list | list[Warning]:
    """A service with an https address mostly stands behind a proxy, and then everybody has the
    proxy's address.
    """
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    sentence = "CRM_TRUSTED_PROXIES is not set: behind a proxy all users count as one address, in the audit log and for every limit."
    return [Warning(sentence, id="crm.W002")]


@register(Tags.security, deploy=True)
def keys_are_the_same_everywhere(app_configs, **kwargs) -> list | list[Warning]:
    """Keys made on one host are other ones on the next."""
    made = [name for name in settings.SECRET_FILES if not os.environ.get(name)]
    if not made or settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return []
    return [
        Warning(
            f"{' and '.join(made)} come from files of this host; another host would have different ones.",
            id="crm.W003",
        )
    ]
