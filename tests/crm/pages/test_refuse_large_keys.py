"""A key larger than any column holds is no choice, in every field that chooses rows."""

import pytest
from django import forms
from django.urls import reverse

from crm.models import Unit
from crm.pages.forms import KeysMixin
from liaisons.models import Assignment
from tests.visits.recording.test_record_visit import form_values
from visits.models import Visit

pytestmark = pytest.mark.django_db

LARGE = "9" * 400


@pytest.mark.parametrize("field", ["topics", "services", "companions", "campaign", "contact"])
def test_a_visits_form_comes_back(cast, as_user, field):
    address = reverse("visit_create", args=[cast.semir.uid])
    answer = as_user(cast.li).post(address, form_values(**{field: LARGE}))
    assert answer.status_code == 422 and "企业反映门口停车难。" in answer.content.decode()
    assert not Visit.objects.exists()


def test_an_assignments_form_comes_back(cast, as_user):
    address = reverse("assignment_create", args=["enterprise", cast.hotel.uid])
    before = Assignment.objects.count()
    answer = as_user(cast.head).post(address, {"officer": LARGE, "part": "deputy"})
    assert answer.status_code == 422 and Assignment.objects.count() == before


class OneOrMany(KeysMixin, forms.Form):
    one = forms.ModelChoiceField(Unit.objects.all())
    many = forms.ModelMultipleChoiceField(Unit.objects.all())


def test_one_and_many_say_so(cast):
    form = OneOrMany({"one": LARGE, "many": [LARGE]})
    assert {name: len(errors) for name, errors in form.errors.items()} == {"one": 1, "many": 1}
