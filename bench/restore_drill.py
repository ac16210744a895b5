"""`make restore-drill`: a whole city is backed up while people write, and restored in another
place; both engines.

    python -m bench.restore_drill [--engines sqlite postgres] [--scale 1] [--writers 4] [--photos
    100]

Starts the real service (on PostgreSQL: a server of its own), lets writers record visits with
photos, makes the backup beside them, and restores it into a fresh place. Then: as many rows in each
table as the manifest says, every file with its hash, every contact read, everything that was
acknowledged before the backup there, a login that works. Prints minutes.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

from bench.outage_drill import PEOPLE, Client
from bench.servers import Postgres, running
from bench.service import Service, serving

PHOTOS = """
import io
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from crm.jobs.performing import perform_job
from crm.models import Job
from visits.models import Visit
from visits.attachments.photos import photo_keep
for number, visit in enumerate(Visit.objects.select_related("created_by").order_by("-pk")[:{count}]):
    file = io.BytesIO()
    Image.effect_noise((1280, 960), 40 + number % 50).convert("RGB").save(file, "JPEG", quality=80)
    photo_keep(visit_uid=visit.uid, visit=visit, upload=SimpleUploadedFile("p.jpg", file.getvalue(), "image/jpeg"), by=visit.created_by)
for pk in Job.objects.filter(state="queued").values_list("pk", flat=True):
    perform_job(pk)
"""
PROOF = """
import hashlib, json
from django.conf import settings
from django.test import Client
from crm.secrets.readable import counted_sealed
from visits.demo.logins import DEMO_NUMBERS, PASSWORD
from visits.models import Photo, Visit
wrong = [p.file for p in Photo.objects.filter(state="ready") if hashlib.sha256((settings.MEDIA_ROOT / p.file).read_bytes()).hexdigest() != p.sha256]
login = Client(headers={"host": "localhost"}).post("/login/", {"username": DEMO_NUMBERS[0], "password": PASSWORD})
uids = [str(uid) for uid in Visit.objects.order_by("-pk").values_list("uid", flat=True)[:20000]]
sealed, unreadable = counted_sealed()
print(json.dumps({"photos": Photo.objects.filter(state="ready").count(), "wrong": wrong, "sealed": sealed, "unreadable": unreadable,
                  "login": login.status_code, "uids": uids}))
"""


def drill(engine, *, scale, writers, photos):
    """Run it on one engine; whether all came back."""
    with tempfile.TemporaryDirectory(prefix="crm-drill-") as folder:
        if engine == "sqlite":
            return _drill(Path(folder), {}, {}, scale, writers, photos)
        with running(Postgres(folder)) as server:
            old, new = (
                Service(Path(folder) / "server", DATABASE_URL=server.url()),
                {"DATABASE_URL": server.url("restored")},
            )
            old.python(
                "from django.db import connection; connection.cursor().execute('CREATE DATABASE restored')"
            )
            return _drill(Path(folder), {"DATABASE_URL": server.url()}, new, scale, writers, photos)


def _drill(folder, old, new, scale, writers, photos):
    """The same for the databases that ``old`` and ``new`` name."""
    for name in ("old", "new", "kept"):
        (folder / name).mkdir()
    service = Service(folder / "old", **old)
    service.manage("migrate", "-v0")
    service.manage("load_demo_city", "--scale", str(scale))
    service.python(PHOTOS.format(count=photos))
    people, over = json.loads(service.python(PEOPLE.format(count=writers))), threading.Event()
    with serving(service, "web"):
        clients = [Writer(service.port, person, over) for person in people]
        for client in clients:
            client.start()
        time.sleep(3)
        before = [uid for client in clients for uid in list(client.acknowledged)]
        started = time.monotonic()
        print(service.manage("backup", str(folder / "kept")).stdout, end="")
        backup_seconds = time.monotonic() - started
        over.set()
        for client in clients:
            client.join()
    archive = next((folder / "kept").glob("*.tar"))
    fresh, started = Service(folder / "new", **new), time.monotonic()
    done = fresh.manage("restore", str(archive), check=False)
    print(done.stdout + done.stderr, end="")
    restore_seconds = time.monotonic() - started
    print(
        f"backup {backup_seconds / 60:.2f} min, restore {restore_seconds / 60:.2f} min, {archive.stat().st_size / 1e6:.0f} MB"
    )
    return done.returncode == 0 and _told(
        json.loads(fresh.python(PROOF)), before, sum(len(client.acknowledged) for client in clients)
    )


def _told(proof, before, written):
    """Print what came back; whether it is all of it."""
    lost = {str(uid) for uid in before} - set(proof["uids"])
    print(
        f"visits recorded meanwhile {written}, of those before the backup {len(before)}, lost {len(lost)}; photos {proof['photos']}, "
        f"with another hash {len(proof['wrong'])}; contacts' values {proof['sealed']}, unreadable {proof['unreadable']}; "
        f"login answers {proof['login']}"
    )
    return (
        not (lost or proof["wrong"] or proof["unreadable"])
        and proof["sealed"]
        and before
        and proof["login"] == 302
    )


class Writer(Client):
    """Records visits until ``over`` is set."""

    def __init__(self, port, person, over):
        super().__init__(port, person, over, Counter())

    def run(self):
        while not self.over.is_set():
            self.write(uuid.uuid4(), by_form=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--engines", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"]
    )
    arguments.add_argument("--scale", type=float, default=1)
    arguments.add_argument("--writers", type=int, default=4)
    arguments.add_argument("--photos", type=int, default=100)
    given, well = arguments.parse_args(), True
    for engine in given.engines:
        print(f"— {engine}", flush=True)
        well &= bool(drill(engine, scale=given.scale, writers=given.writers, photos=given.photos))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
