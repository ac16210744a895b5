"""A column that was added to a noun is in its form and in the API, or it says here why not: forgotten,
it would be silently absent.
"""

import pytest
from django.urls import get_resolver

from api.urls import NOUNS
from crm.models import Noun
from crm.pages.forms import NounForm
from liaisons.models import Assignment, Contact, Enterprise, KeyProject
from visits.models import CommonCause, Problem, Visit
from visits.summaries.read import COLUMNS, NAMES

#: Every row's own marks, which nobody fills in.
MARKS = {field.name for field in Noun._meta.get_fields()}

#: What a form does not ask for: it is fixed by where the form was opened and who sends it, follows
#: from something else, or is moved by a step.
NOT_IN_FORM = {
    Assignment: {"enterprise", "project", "ends_on"},
    CommonCause: {
        "founded_on",
        "lead_officer",  # asked for by the police number
        "member_count",
        "reply",
        "solution",
        "solved_on",
        "state",
    },
    Contact: {"enterprise", "name_index", "phone_index"},
    Enterprise: {"capital_text", "core_name", "last_visit_on", "waiting_since"},
    KeyProject: set(),
    Problem: {
        "assigned_at",
        "dispatch_unit",
        "due_at",
        "due_on",
        "ended_on",
        "enterprise",
        "extension_until",
        "follow_up_until",
        "handled_at",
        "handler",
        "lead_unit",
        "officer",
        "outside_body",
        "overdue_from",
        "pause_reason",
        "paused_at",
        "planned_for",
        "proof",
        "redone",
        "repeats",
        "reply",
        "reported_on",
        "result",
        "state",
        "supervised_no",
        "unit",
        "visit",
    },
    Visit: {
        "enterprise",
        "facts_version",
        "held_on",
        "officer",
        "problem_count",
        "unit",
        "withdrawn_at",
        "withdrawn_reason",
    },
}

#: What the API does not answer: secrets and keys, what only the service itself counts by, and whose
#: row it is where nobody sees another's.
NOT_IN_API = {
    "contacts": {"name_index", "phone_index"},
    "enterprises": {"capital_text", "core_name"},
    "jobs": {"attempts", "file", "lease_token", "lease_until", "owner", "params", "parent"},
    "problems": {"assigned_at", "contact", "follow_up_until", "repeats"},
    "tokens": {"digest", "epoch", "owner"},
    "units": {"path"},
    "visits": {"facts_version"},
}

#: What a summary does not show of a visit: where the officer stood, and how many problems are listed.
NOT_IN_SUMMARY = {"latitude", "longitude", "problem_count"}


def columns_of(model):
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return {field.name for field in fields if not field.primary_key} - MARKS


def forms_of(model, base=NounForm):
    assert get_resolver().url_patterns  # every view, and with it every form, is imported
    for form in base.__subclasses__():
        if form._meta.model is model:
            yield form
        yield from forms_of(model, form)


@pytest.mark.parametrize("model", NOT_IN_FORM, ids=lambda model: model.__name__)
def test_every_column_is_in_the_nouns_form(model):
    asked = {name for form in forms_of(model) for name in form.base_fields}
    assert columns_of(model) - asked == NOT_IN_FORM[model], (
        f"Name what is new in the form of {model.__name__} (and its template), or here with the reason."
    )


def test_every_noun_with_a_form_is_looked_at():
    named = {
        form._meta.model
        for view in NOUNS.values()
        for form in forms_of(view.serializer_class.Meta.model)
    }
    assert named == NOT_IN_FORM.keys()


@pytest.mark.parametrize("prefix", NOUNS)
def test_every_column_is_in_the_api(prefix):
    serializer = NOUNS[prefix].serializer_class
    answered = {(field.source or name).split(".")[0] for name, field in serializer().fields.items()}
    assert columns_of(serializer.Meta.model) - answered == NOT_IN_API.get(prefix, set()), (
        f"Name what is new in {serializer.__name__}.Meta.fields, or here with the reason."
    )


def test_every_column_of_a_visit_is_read_for_its_summary():
    read = {name.split("__")[0] for name in COLUMNS} | NAMES.keys()
    assert columns_of(Visit) - read == NOT_IN_SUMMARY, (
        "Name what is new in COLUMNS of visits/summaries/read.py, or here with the reason."
    )
