"""The key of personal data: made once, never in place of one that is lost.

And who starts without it is told.
"""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from crm.celery import require_readable
from crm.secrets import encryption, readable, sealed
from crm.secrets.datakey import KeyMissing, fingerprints
from crm.secrets.encryption import EncryptedTextField, blind_index
from liaisons.models import Contact
from tests.crm.backing.test_survive_database import refusing

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(settings, tmp_path, monkeypatch):
    """Where this test's installation keeps its key; there is none yet."""
    monkeypatch.delenv("CRM_DATA_KEY", raising=False)
    settings.DATA_KEY, settings.SECRET_FILES = "", {"CRM_DATA_KEY": tmp_path / "data.key"}
    return settings.SECRET_FILES["CRM_DATA_KEY"]


def lose(key, settings):
    settings.DATA_KEY = ""
    key.rename(key.with_name("lost"))


def test_the_first_key_is_made_for_a_database_that_holds_nothing(key, cast, settings):
    assert key.stat().st_mode & 0o777 == 0o600 and key.read_text() == settings.DATA_KEY
    assert Contact.objects.get().name == "林小红" and readable.refusal_to_start() == ""
    call_command("check", databases=["default"])


def test_a_lost_key_is_not_replaced_in_silence(key, cast, settings):
    lose(key, settings)
    for use in (lambda: blind_index("林小红"), lambda: Contact.objects.update(name="王小明")):
        with pytest.raises(KeyMissing, match=r"data\.key"), transaction.atomic():
            use()
    assert not key.exists() and Contact.objects.get().name == "—"
    with pytest.raises(SystemCheckError, match="2 of 2"):
        call_command("check", databases=["default"])
    with pytest.raises(CommandError, match=r"data\.key"):
        call_command("check_keys")
    with pytest.raises(SystemExit, match="put the old"):
        require_readable()
    key.with_name("lost").rename(key)
    assert (
        Contact.objects.get().name == "林小红" and blind_index("林小红") == cast.contact.name_index
    )


def test_another_key_is_told(key, cast, settings):
    settings.DATA_KEY = "another"
    with pytest.raises(CommandError, match="another key"):
        call_command("check_keys")
    with pytest.raises(SystemCheckError, match="E011"):
        call_command("check")


def test_keys_rotate_and_what_one_of_them_does_not_open_is_told_and_stops_nothing(
    key, cast, settings
):
    old = settings.DATA_KEY
    settings.DATA_KEY = f"new,{old}"
    Contact.objects.update(work_phone="13900000000")
    assert (
        Contact.objects.get().name == "林小红" and blind_index("林小红") == cast.contact.name_index
    )
    call_command("check", databases=["default"])
    settings.DATA_KEY = "new"  # too early
    with pytest.raises(SystemCheckError, match="1 of 2"):
        call_command("check", databases=["default"])
    call_command("check_keys")


def test_a_database_that_is_away_does_not_keep_the_service_from_starting(
    key, cast, settings, tmp_path
):
    lose(key, settings)
    with refusing(tmp_path):
        assert readable.refusal_to_start() == ""


def test_a_check_looks_at_a_sample_only(key, cast, settings, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        call_command("check")


def test_a_check_of_a_database_that_is_away_tells_nothing_of_keys(key, cast, settings, tmp_path):
    settings.DATA_KEY = "another"
    with refusing(tmp_path):
        call_command("check")


def test_every_encrypted_column_is_looked_at(cast):
    assert {(model, tuple(names)) for model, names in sealed.sealed_columns()} == {
        (Contact, ("name", "work_phone"))
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM liaisons_contact")
        assert list(sealed.sealed_values())[0] == cursor.fetchone()[0]
    assert (
        isinstance(Contact._meta.get_field("name"), EncryptedTextField)
        and encryption.opened(next(sealed.sealed_values())) == "林小红"
    )


def test_fingerprints_tell_keys_apart_and_nothing_else():
    first, second = fingerprints("a,b")
    assert (
        first != second
        and fingerprints("b") == [second]
        and "a" * 3 not in first
        and fingerprints("") == []
    )
