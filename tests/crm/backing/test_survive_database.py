"""The database cut off, locked, or gone in the middle of a write: 503 and when to come again, and
then on as before.
"""

import sqlite3
import time
from contextlib import contextmanager

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connection, connections
from django.db.utils import load_backend
from django.test import Client
from django.urls import reverse

from api.tokens.services import token_issue
from bench.servers import free_port
from crm.backing import outages
from crm.backing.addresses import database
from crm.jobs import queue
from crm.jobs.performing import perform_job
from crm.jobs.queue import order_job
from crm.models import OutboxEvent
from tests.api.bodies import body_for
from tests.test_scope_matrix import missing_address, routes
from tests.visits.recording.test_record_visit import form_values
from visits.models import Visit
from visits.recording import services as visits

pytestmark = pytest.mark.django_db


@contextmanager
def database_at(url, **options):
    """For this thread the service's database is the one at ``url``."""
    values = connections.configure_settings({"default": database(url)})["default"]
    values["OPTIONS"] = {**values["OPTIONS"], **options}
    kept = connections["default"]
    made = load_backend(values["ENGINE"]).DatabaseWrapper(values, "default")
    connections["default"] = made
    try:
        yield
    finally:
        made.close()
        connections["default"] = kept


@contextmanager
def refusing(tmp_path):
    """A PostgreSQL that refuses connections."""
    with database_at(f"postgres://postgres@127.0.0.1:{free_port()}/none"):
        yield


@contextmanager
def locked(tmp_path):
    """An SQLite file that somebody else holds for longer than one waits."""
    holder = sqlite3.connect(tmp_path / "held.sqlite3", isolation_level=None)
    holder.execute("CREATE TABLE t (x)")
    holder.execute("BEGIN EXCLUSIVE")
    with database_at(f"sqlite:///{tmp_path / 'held.sqlite3'}", timeout=0.01, init_command=""):
        yield
    holder.close()


SAVE = SessionStore.save
CUTS = pytest.mark.parametrize("cut", [refusing, locked], ids=["refusing", "locked"])


def browser(client):
    client.raise_request_exception = False
    return client


@pytest.fixture
def program(cast):
    _row, token = token_issue(name="t", days=1, by=cast.li)
    return Client(raise_request_exception=False, headers={"authorization": f"Bearer {token}"})


@CUTS
def test_pages_say_503_when_to_come_again_and_in_both_languages(cast, as_user, tmp_path, cut):
    client, form = browser(as_user(cast.li)), reverse("visit_create", args=[cast.semir.uid])
    with cut(tmp_path):
        answers = [
            client.get(form),
            client.post(form, form_values()),
            client.get(reverse("visit_list")),
        ]
        answers.append(browser(Client()).post(reverse("login"), {"username": "1", "password": "2"}))
        client.cookies["language"] = "en"
        english = client.get(form)
    for answer in answers:
        page = answer.content.decode()
        assert (answer.status_code, answer["Retry-After"]) == (503, str(outages.RETRY_AFTER))
        assert "数据库" in page and 'class="public"' in page and page.rstrip().endswith("</html>")
    assert english.status_code == 503 and "The database does not answer" in english.content.decode()
    assert client.post(form, form_values()).status_code == 302 and Visit.objects.count() == 1


@CUTS
def test_programs_are_told_as_problem_details(cast, as_user, program, tmp_path, cut):
    _who, body = body_for("visits", cast)
    session = browser(as_user(cast.li))
    with cut(tmp_path):
        answers = [
            program.get("/api/v1/visits/"),
            program.post("/api/v1/visits/", body, content_type="application/json"),
        ]
        answers.append(session.get("/api/v1/visits/"))  # which fails as early as its session
    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, str(outages.RETRY_AFTER))
        assert answer["Content-Type"] == "application/problem+json" and answer.json()[
            "type"
        ].endswith("/unavailable/")
    assert program.post("/api/v1/visits/", body, content_type="application/json").status_code == 201


def test_no_address_breaks(cast, as_user, tmp_path):
    addresses = [missing_address(name, converters) for name, converters in routes()]
    addresses += [
        "/admin/",
        "/admin/visits/topic/",
        "/api/v1/units/",
        "/api/v1/docs/",
        "/api/none/",
        "/none/",
    ]
    clients, broken = [browser(as_user(cast.li)), browser(Client())], []
    with refusing(tmp_path):
        for client in clients:
            for address in addresses:
                broken += [
                    (address, answer.status_code)
                    for answer in (client.get(address), client.post(address))
                    if answer.status_code == 500
                ]
    assert not broken


@CUTS
def test_health_tells_what_answers(client, tmp_path, cut):
    well = client.get(reverse("health"))
    assert (
        well.status_code == 200 and well.json()["database"] is True and well.json()["cache"] is True
    )
    with cut(tmp_path):
        ill = browser(Client()).get(reverse("health"))
    assert ill.status_code == 503 and ill.json()["database"] is False and ill.json()["ok"] is False
    assert set(ill.json()) == {"ok", "database", "cache", "broker"}


@pytest.mark.control
def test_without_telling_an_outage_pages_are_errors_of_ours(cast, as_user, tmp_path, monkeypatch):
    monkeypatch.setattr(outages, "is_outage", lambda error: False)
    client = browser(as_user(cast.li))
    with refusing(tmp_path):
        assert client.get(reverse("visit_list")).status_code == 500


def test_a_session_that_could_not_be_written_is_no_bad_request(
    cast, as_user, tmp_path, monkeypatch
):
    client = browser(as_user(cast.li))
    session = client.session
    session["seen"] = 1 + int(time.time()) - 600  # so that the request writes it
    session.save()
    cut = refusing(tmp_path)
    monkeypatch.setattr(
        SessionStore, "save", lambda store, must_create=False: cut_off(store, cut, must_create)
    )
    assert client.get(reverse("visit_list")).status_code == 503


def cut_off(store, cut, must_create):
    with cut:
        return SAVE(store, must_create)


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="only PostgreSQL has a driver that closes cursors with a statement",
)
def test_a_drivers_own_error_is_known(db):
    assert outages.is_outage(
        connection.Database.OperationalError("server closed the connection unexpectedly")
    )


def test_a_wrong_statement_is_still_an_error_of_ours(cast, as_user, tmp_path):
    with database_at(f"sqlite:///{tmp_path / 'empty.sqlite3'}"):
        assert browser(Client()).get(reverse("verify_number", args=["X"])).status_code == 500


def test_a_job_whose_database_went_away_is_not_failed_for_it(cast, monkeypatch, tmp_path):
    def work(job):
        with refusing(tmp_path):
            connection.ensure_connection()

    monkeypatch.setattr(queue.kinds, "items", [queue.JobKind("trial", work)])
    job = order_job("trial", by=cast.li, title="试作")
    for _attempt in range(queue.ATTEMPTS + 1):
        assert perform_job(job.pk)
    monkeypatch.setattr(queue.kinds, "items", [queue.JobKind("trial", lambda job: None)])
    perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done"


def kill_backend(pid=None):
    """Let the server end a connection, as its own restart does: the one that asks, or another's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(%s)"
            if pid
            else "SELECT pg_terminate_backend(pg_backend_pid())",
            [pid] if pid else [],
        )


@pytest.mark.django_db(transaction=True)
def test_a_write_cut_off_in_the_middle_leaves_nothing_and_the_next_request_works(
    cast, as_user, program, monkeypatch
):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection that a server could end")
    client, form, sent = (
        browser(as_user(cast.li)),
        reverse("visit_create", args=[cast.semir.uid]),
        form_values(),
    )
    _who, body = body_for("visits", cast)
    with monkeypatch.context() as patch:
        patch.setattr(visits, "record", lambda *args, **values: kill_backend())
        patch.setattr("crm.writing.rows.record", lambda *args, **values: kill_backend())
        assert client.post(form, sent).status_code == 503
        assert (
            program.post("/api/v1/visits/", body, content_type="application/json").status_code
            == 503
        )
    assert Visit.objects.count() == 0 and not OutboxEvent.objects.filter(noun="visit").exists()
    assert client.post(form, sent).status_code == 302
    assert program.post("/api/v1/visits/", body, content_type="application/json").status_code == 201
    assert Visit.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_connections_that_the_server_ended_are_replaced_unseen(cast, as_user, program):
    """Kept statements, prepared ones among them, belong to a connection that is gone."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection that a server could end")
    pages = [
        reverse("visit_list"),
        reverse("my_enterprises"),
        reverse("visit_create", args=[cast.semir.uid]),
    ]
    client = browser(as_user(cast.li))
    for _round in range(5):  # until what comes often is prepared
        assert [client.get(page).status_code for page in pages] == [200, 200, 200]
        assert program.get("/api/v1/visits/").status_code == 200
    for _time in range(2):
        own = connection.connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.close()
        # as with each request of the service; Django's test client leaves it out
        close_old_connections()
        assert client.get(pages[0]).status_code == 200 and connection.connection is not own
        assert program.get("/api/v1/visits/").status_code == 200
