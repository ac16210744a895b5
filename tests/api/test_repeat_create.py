"""The same create sent again makes nothing and gets the same answer.

Another under the same identifier is refused.
"""

import threading
import uuid

import pytest
from django.core.cache import cache
from django.db import connection, connections

from crm.models import AuditEvent, OutboxEvent
from tests.api.bodies import WRITTEN, body_for
from visits.models import Topic, Visit


@pytest.mark.django_db
@pytest.mark.parametrize("noun", WRITTEN)
def test_the_same_again_gets_the_same_answer(cast, program, noun):
    who, body = body_for(noun, cast)
    client = program(who)
    first = client.post(f"{noun}/", body)
    again = client.post(f"{noun}/", dict(reversed(body.items())))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and first["Location"] == again["Location"]
    assert AuditEvent.objects.filter(object_uid=str(body["uid"])).count() == 1
    assert OutboxEvent.objects.filter(object_uid=body["uid"]).count() == 1


@pytest.mark.django_db
def test_other_content_and_another_person_under_one_identifier_are_refused(cast, program):
    who, body = body_for("visits", cast)
    program(who).post("visits/", body)
    other = program(who).post("visits/", {**body, "notes": "别的内容"})
    stranger = program(cast.zhang).post("visits/", body)
    assert other.status_code == stranger.status_code == 409
    assert other.json()["type"].endswith("/identifier-used/") and Visit.objects.count() == 1


@pytest.mark.django_db
def test_a_repeat_is_known_even_when_what_it_names_is_out_of_use(cast, program):
    who, body = body_for("visits", cast)
    client = program(who)
    first = client.post("visits/", body)
    Topic.objects.update(retired=True)
    cache.clear()  # a minute later
    again = client.post("visits/", body)
    assert again.status_code == 200 and again.json() == first.json()
    new = client.post("visits/", {**body, "uid": uuid.uuid4()})
    assert new.status_code == 422 and set(new.json()["errors"]) == {"topics"}


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one(cast, program):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in after another")
    who, body = body_for("visits", cast)
    clients = [program(who) for _ in range(10)]
    answers, start = [], threading.Barrier(10)

    def send(client):
        start.wait()
        try:
            answers.append(client.post("visits/", body))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert Visit.objects.count() == 1 and OutboxEvent.objects.filter(noun="visit").count() == 1
