"""The embedded broker under many writers and readers at once: each message arrives whole, once, and
nobody fails.
"""

import json
import multiprocessing
import time
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from crm.backing import broker
from crm.celery import app

WRITERS, READERS, EACH = 4, 4, 150
QUEUE = "celery"


def channel(transport, folder):
    for name in ("queue", "control", "processed"):
        (folder / name).mkdir(exist_ok=True)
    options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
        # In its own folder: the stock transport moves what it reads to the system's temporary
        # folder otherwise.
        "store_processed": transport is filesystem.Transport,
    }
    return Connection(transport=transport, transport_options=options).channel()


def write(transport, folder, writer):
    its = channel(transport, folder)
    for number in range(EACH):
        its._put(QUEUE, {"body": f"{writer}-{number}", "more": "x" * 4000})


def read(transport, folder, over, results):
    its, bodies, failure = channel(transport, folder), [], ""
    try:
        while True:
            done = over.is_set()
            try:
                bodies.append(its._get(QUEUE)["body"])
            except Empty:
                if done:
                    break
                time.sleep(0.001)
    except Exception as error:
        failure = repr(error)
    results.put((bodies, failure))


def raced(transport, folder):
    """The bodies that the readers took and the failures they ended with."""
    processes = multiprocessing.get_context("fork")
    over, results = processes.Event(), processes.Queue()
    readers = [
        processes.Process(target=read, args=(transport, folder, over, results))
        for _ in range(READERS)
    ]
    writers = [
        processes.Process(target=write, args=(transport, folder, number))
        for number in range(WRITERS)
    ]
    for process in (*readers, *writers):
        process.start()
    for process in writers:
        process.join()
    over.set()
    answers = [results.get(timeout=60) for _ in readers]
    for process in readers:
        process.join()
    return [body for bodies, _failure in answers for body in bodies], [
        failure for _bodies, failure in answers if failure
    ]


def test_every_message_arrives_whole_and_once(tmp_path):
    bodies, failures = raced(broker.Transport, tmp_path)
    assert not failures
    assert sorted(bodies) == sorted(
        f"{writer}-{number}" for writer in range(WRITERS) for number in range(EACH)
    )
    assert not list((tmp_path / "queue").iterdir())


@pytest.mark.control
def test_the_stock_transport_fails_its_readers(tmp_path):
    for attempt in range(10):
        (tmp_path / str(attempt)).mkdir()
        _bodies, failures = raced(filesystem.Transport, tmp_path / str(attempt))
        if failures:
            break
    assert any("JSON" in failure for failure in failures)


def test_an_unreadable_message_is_set_aside_and_the_next_is_read(tmp_path, caplog):
    its = channel(broker.Transport, tmp_path)
    (tmp_path / "queue" / f"000_half.{QUEUE}.msg").write_text('{"body": ')
    its._put(QUEUE, {"body": "good"})
    assert its._get(QUEUE) == {"body": "good"} and "half" in caplog.text
    assert [path.suffix for path in (tmp_path / "queue").iterdir()] == [".unreadable"]


def test_bindings_that_were_cut_short_are_written_again(tmp_path):
    its = channel(broker.Transport, tmp_path)
    (tmp_path / "control" / "celery.exchange").write_text("")
    assert its.get_table("celery") == []
    its._queue_bind("celery", "celery", "", QUEUE)
    its._queue_bind("celery", "other", "", "other")
    assert len(json.loads((tmp_path / "control" / "celery.exchange").read_text())) == 2
    assert [bound.queue for bound in its.get_table("celery")] == ["other", QUEUE]


def test_the_service_uses_it():
    assert isinstance(app.connection("filesystem://localhost").transport, broker.Transport)
