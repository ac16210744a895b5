"""Whatever a form asks for stands on its page: a field that a template forgot could not be filled in."""

import pytest
from django.forms import BaseForm
from django.test import Client
from django.urls import reverse

from tests.routes import addresses, all_routes, names_in, prepared

pytestmark = pytest.mark.django_db

#: Who opens pages with forms, one after the other until one may.
PEOPLE = ("li", "head", "city_manager", "system_admin", "security_admin")

#: Asked where problems were chosen before: tests/visits/causes/test_join_cause.py opens the page so.
ELSEWHERE = {"CauseFoundForm": {"problems", "why"}}


def forms_of(answer):
    """The forms that an answer's templates were given."""
    contexts = answer.context or []
    for context in contexts if isinstance(contexts, list) else [contexts]:
        for values in context:
            yield from (value for value in values.values() if isinstance(value, BaseForm))


def forgotten(form, names):
    """The fields of ``form`` of which the page draws nothing (a widget of several parts numbers its names)."""
    for field in form:
        drawn = {field.html_name, f"{field.html_name}_0", f"initial-{field.html_name}"}
        if not drawn & names and not field.field.disabled:
            yield field.html_name


def test_every_field_of_every_form_is_drawn(cast):
    _ask, keys = prepared(cast)
    seen, missing = set(), []
    clients = {person: Client() for person in PEOPLE}
    for person, client in clients.items():
        client.force_login(getattr(cast, person), backend="crm.auth.AccountBackend")
    for route, _view in dict(all_routes()).items():
        # The dashboard's filters are drawn as chips and links too.
        if route.startswith(("admin/", "api/", "dashboard/")):
            continue
        for client in clients.values():
            answer = client.get(addresses(route, keys)[0])
            if answer.status_code != 200:
                continue
            names = {*names_in(b"".join(answer))}
            for form in forms_of(answer):
                name = type(form).__name__
                seen.add(name)
                if gone := {*forgotten(form, names)} - ELSEWHERE.get(name, set()):
                    missing.append((route, name, gone))
            break
    assert not missing, missing
    assert {"VisitForm", "ProblemForm", "EnterpriseForm"} <= seen, seen


def test_a_forgotten_one_is_seen(cast, as_user):
    """The control: a name that is not on the page is told."""
    answer = as_user(cast.li).get(reverse("visit_create", args=[cast.semir.uid]))
    form = next(form for form in forms_of(answer) if type(form).__name__ == "VisitForm")
    names = {*names_in(answer.content)}
    assert "notes" in names and list(forgotten(form, names - {"notes"})) == ["notes"]
