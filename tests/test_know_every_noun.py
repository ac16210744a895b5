"""No noun is left out by the tests that go through all of them, nor by the API."""

from api.urls import NOUNS
from crm.models import Noun
from tests.samples import SAMPLES, lists

MISSING = "add a Sample of %s to tests/samples.py"


def test_what_a_program_creates_has_a_sample():
    created = {prefix for prefix, view in NOUNS.items() if getattr(view, "create_service", None)}
    assert not created - {s.prefix for s in SAMPLES}, MISSING % (
        created - {s.prefix for s in SAMPLES}
    )


def test_what_a_program_changes_has_a_change():
    changed = {prefix for prefix, view in NOUNS.items() if getattr(view, "change_service", None)}
    missing = changed - {sample.prefix for sample in SAMPLES if sample.change}
    assert not missing, f"say in tests/samples.py what may be changed of {missing}"


def test_what_a_person_creates_from_a_list_has_a_sample():
    created = {view.model for view in lists().values() if view.create_name}
    missing = {model.__name__ for model in created if issubclass(model, Noun)} - {
        sample.model.__name__ for sample in SAMPLES
    }
    assert not missing, MISSING % missing


def test_what_is_listed_is_in_the_api():
    listed = {view.model for view in lists().values() if issubclass(view.model, Noun)}
    missing = listed - {view.serializer_class.Meta.model for view in NOUNS.values()}
    assert not missing, f"add a folder of api/ with a nouns.py for {missing}"
