"""A photo is decoded, capped and written anew; what is none is refused with a sentence."""

import datetime
import io
import os
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from crm.models import Job
from tests.cast import record_visit
from tests.orders import do_waiting, with_worker
from tests.pictures import GPS, jpeg_with_position, png_of
from visits.attachments.photos import WAITING_DAYS, sweep_photos
from visits.attachments.work import check_photo
from visits.models import Photo, VisitDraft

pytestmark = pytest.mark.django_db


def upload(client, file):
    return client.post(reverse("photo_upload", args=[uuid.uuid4()]), {"photo": file})


def test_the_position_in_a_picture_is_gone_and_it_stands_upright(cast, as_user, settings):
    client = with_worker(as_user(cast.li))
    assert upload(client, jpeg_with_position(size=(3000, 1500))).status_code == 200
    photo = Photo.objects.get()
    body = b"".join(client.get(reverse("photo", args=[photo.uid, "large"])).streaming_content)
    picture = Image.open(io.BytesIO(body))
    assert not picture.getexif().get(GPS) and len(picture.getexif()) == 0
    assert picture.size == (1000, 2000) == (photo.width, photo.height)
    assert "门口" not in photo.file


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("报告.jpg", b"%PDF-1.7 not a picture", "image/jpeg"),
        SimpleUploadedFile("空.png", b"", "image/png"),
        SimpleUploadedFile(
            "画.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            "image/svg+xml",
        ),
    ],
    ids=["pdf", "empty", "svg"],
)
def test_what_is_no_picture_is_refused_by_name(cast, as_user, file):
    name, answer = file.name, upload(as_user(cast.li), file)
    assert answer.status_code in {404, 422, 400} and Photo.objects.count() == 0
    assert name in answer.content.decode() or file.size == 0


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (png_of((10_000, 10_000)), "100"),
        (SimpleUploadedFile("断.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 500, "image/jpeg"), "断.jpg"),
        (SimpleUploadedFile("假.png", b"\x89PNG\r\n\x1a\n" + b"?" * 500, "image/png"), "假.png"),
    ],
    ids=["100 megapixels", "broken", "only a head"],
)
def test_what_turns_out_to_be_no_picture_is_seen_as_refused(cast, as_user, file, word):
    client, uid = with_worker(as_user(cast.li)), uuid.uuid4()
    answer = client.post(reverse("photo_upload", args=[uid]), {"photo": file})
    photo = Photo.objects.get()
    assert answer.status_code == 200 and photo.is_refused and word in photo.why_refused
    assert (
        photo.why_refused in client.get(reverse("photo_state", args=[photo.uid])).content.decode()
    )
    for size in ("small", "large"):
        assert client.get(reverse("photo", args=[photo.uid, size])).status_code == 404
    # It comes along, so that nobody believes it was taken.
    visit = record_visit(cast, cast.li, uid=uid)
    assert (
        photo.why_refused in client.get(reverse("visit_detail", args=[visit.uid])).content.decode()
    )
    drop = reverse("photo_drop", args=[photo.uid])
    assert as_user(cast.zhang).post(drop).status_code == 404
    assert (
        client.post(drop)["Location"] == reverse("visit_detail", args=[visit.uid])
        and not Photo.objects.exists()
    )


def test_a_picture_that_is_being_checked_is_shown_as_that_and_to_nobody(cast, as_user):
    client = as_user(cast.li)
    answer = upload(client, jpeg_with_position())
    photo, state = Photo.objects.get(), reverse("photo_state", args=[Photo.objects.get().uid])
    assert state in answer.content.decode() and "<img" not in answer.content.decode()
    for size in ("small", "large"):
        refused = client.get(reverse("photo", args=[photo.uid, size]))
        assert refused.status_code == 404 and "正在检查" in refused.content.decode()
    asked = client.get(state, {"asked": 0}).content.decode()
    assert state in asked and "delay:1s" in asked and "HX-Retarget" not in asked
    # A page does not ask for ever.
    assert "hx-get" not in client.get(state, {"asked": 10}).content.decode()
    assert as_user(cast.zhang).get(state).status_code == 404
    do_waiting()
    shown = client.get(state)
    assert shown["HX-Retarget"] == f"#photo-{photo.uid}" and "<img" in shown.content.decode()
    assert client.get(reverse("photo", args=[photo.uid, "small"])).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_original_is_gone_once_it_was_checked(cast, as_user, settings):
    client = as_user(cast.li)
    for file in (jpeg_with_position(), png_of((10_000, 10_000))):
        upload(client, file)
        assert len([*settings.MEDIA_ROOT.glob("quarantine/*/*")]) == 1
        do_waiting()
        assert not [*settings.MEDIA_ROOT.glob("quarantine/*/*")]
    assert (
        len([*settings.MEDIA_ROOT.glob("photos/*/*")]) == 3
        and Photo.objects.filter(original="").count() == 2
    )


def test_a_picture_that_met_the_bounds_is_refused_and_may_be_tried_again(
    cast, as_user, monkeypatch
):
    monkeypatch.setattr("visits.attachments.work.OF_A_PICTURE", {"memory": 1, "seconds": 60})
    client, uid, picture = with_worker(as_user(cast.li)), uuid.uuid4(), jpeg_with_position().read()

    def send():
        upload = SimpleUploadedFile("大.jpg", picture)
        return client.post(reverse("photo_upload", args=[uid]), {"photo": upload})

    send()
    assert Photo.objects.get().is_refused and "内存" in Photo.objects.get().why_refused
    monkeypatch.undo()
    send()
    assert Photo.objects.get().is_ready


def test_a_check_that_is_given_up_is_seen_as_refused(cast, as_user, monkeypatch):
    def broken(*_arguments, **_named):
        raise OSError("no space left")

    monkeypatch.setattr("visits.attachments.work._written_anew", broken)
    upload(with_worker(as_user(cast.li)), jpeg_with_position())
    photo, job = Photo.objects.get(), Job.objects.get()
    assert (
        job.state == "failed"
        and photo.is_refused
        and photo.original == ""
        and "门口.jpg" in photo.why_refused
    )


def test_a_check_that_was_cut_off_is_done_again_once(cast, as_user, settings):
    """The first worker dies after it has written all it had to: the second begins anew, and what
    the first left is swept.
    """
    upload(as_user(cast.li), jpeg_with_position())
    job, effects = Job.objects.get(), check_photo(Job.objects.get())
    left = {path for path in settings.MEDIA_ROOT.glob("photos/*/*")}
    assert effects and len(left) == 3 and Photo.objects.get().is_checking
    do_waiting()
    assert Photo.objects.get().is_ready and check_photo(job) is None
    for path in settings.MEDIA_ROOT.glob("*/*/*"):
        os.utime(path, (time.time() - 200_000,) * 2)
    assert sweep_photos() == 3 and not any(path.exists() for path in left)
    assert len([*settings.MEDIA_ROOT.glob("photos/*/*")]) == 3


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_was_taken_back_while_it_was_checked_leaves_nothing(cast, as_user, settings):
    client = as_user(cast.li)
    upload(client, jpeg_with_position())
    job, effects = Job.objects.get(), check_photo(Job.objects.get())
    client.post(reverse("photo_drop", args=[Photo.objects.get().uid]))
    with transaction.atomic():
        effects()
    assert check_photo(job) is None and not Photo.objects.exists()
    assert not [*settings.MEDIA_ROOT.glob("*/*/*")]


def test_a_visit_takes_twelve_photos(cast, as_user):
    client, visit = as_user(cast.li), uuid.uuid4()
    address = reverse("photo_upload", args=[visit])
    answers = [
        client.post(address, {"photo": jpeg_with_position(size=(10, 10 + n))}).status_code
        for n in range(13)
    ]
    assert answers[:12] == [200] * 12 and answers[12] != 200 and Photo.objects.count() == 12


def test_a_picture_for_a_visit_of_somebody_else_finds_none(cast, as_user):
    own, foreign, client = (
        record_visit(cast, cast.li),
        record_visit(cast, cast.wu, cast.chint),
        as_user(cast.li),
    )
    for visit, status in ((own, 409), (foreign, 404), (record_visit(cast, cast.zhang), 404)):
        answer = client.post(
            reverse("photo_upload", args=[visit.uid]), {"photo": jpeg_with_position()}
        )
        assert answer.status_code == status and Photo.objects.count() == 0
    typed = uuid.uuid4()
    assert (
        as_user(cast.wu)
        .post(reverse("photo_upload", args=[typed]), {"photo": jpeg_with_position()})
        .status_code
        == 200
    )
    assert (
        client.post(
            reverse("photo_upload", args=[typed]), {"photo": jpeg_with_position()}
        ).status_code
        == 404
    )


def test_a_picture_has_two_sizes_and_no_other(cast, as_user):
    client = with_worker(as_user(cast.li))
    upload(client, jpeg_with_position())
    for size, status in (
        ("small", 200),
        ("large", 200),
        ("anything", 404),
        ("Small", 404),
        ("print_copy", 404),
    ):
        assert (
            client.get(reverse("photo", args=[Photo.objects.get().uid, size])).status_code == status
        )


def test_a_photo_is_taken_back_by_its_owner_alone(cast, as_user):
    upload(as_user(cast.li), jpeg_with_position())
    address = reverse("photo_drop", args=[Photo.objects.get().uid])
    assert as_user(cast.zhang).post(address).status_code == 404
    assert as_user(cast.li).post(address).status_code == 200 and Photo.objects.count() == 0


def test_a_picture_is_added_to_a_recorded_visit_by_who_may_change_it(cast, as_user):
    visit = record_visit(cast, cast.li)
    address = reverse("visit_photos", args=[visit.uid])
    assert as_user(cast.zhang).post(address, {"photos": jpeg_with_position()}).status_code == 404
    assert as_user(cast.li).post(address, {"photos": jpeg_with_position()}).status_code == 302
    visit.refresh_from_db()
    assert visit.photos.count() == 1 and visit.facts_version == 1  # a summary does not show it yet
    do_waiting()
    visit.refresh_from_db()
    assert visit.photos.get().is_ready and visit.facts_version == 2


def test_a_visit_is_recorded_while_its_picture_is_still_checked(cast, as_user):
    client, uid = as_user(cast.li), uuid.uuid4()
    client.post(reverse("photo_upload", args=[uid]), {"photo": jpeg_with_position()})
    visit = record_visit(cast, cast.li, uid=uid)
    photo = visit.photos.get()
    assert (
        reverse("photo_state", args=[photo.uid])
        in client.get(reverse("visit_detail", args=[visit.uid])).content.decode()
    )
    do_waiting()
    visit.refresh_from_db()
    assert visit.photos.get().is_ready and visit.facts_version == 2


def test_a_picture_whose_visit_never_came_is_removed_in_time(cast, as_user, settings):
    """One belongs to a recorded visit, one to a draft, one came lately: only the fourth goes, with
    its files.
    """
    client, visit, draft = with_worker(as_user(cast.li)), record_visit(cast, cast.li), uuid.uuid4()
    VisitDraft.objects.create(uid=draft, owner=cast.li, enterprise=cast.semir)
    for number, uid in enumerate((uuid.uuid4(), draft, uuid.uuid4(), uuid.uuid4())):
        client.post(
            reverse("photo_upload", args=[uid]),
            {"photo": jpeg_with_position(size=(10, 10 + number))},
        )
    recorded, _typed, late, lost = Photo.objects.order_by("pk")
    old = timezone.now() - datetime.timedelta(days=WAITING_DAYS, minutes=1)
    Photo.objects.exclude(pk=late.pk).update(created_at=old)
    Photo.objects.filter(pk=recorded.pk).update(visit=visit)
    assert (
        sweep_photos() == 1
        and not Photo.objects.filter(pk=lost.pk).exists()
        and Photo.objects.count() == 3
    )
    kept = {
        name
        for photo in Photo.objects.all()
        for name in (photo.file, photo.print_copy, photo.thumbnail)
    }
    found = {
        path.relative_to(settings.MEDIA_ROOT).as_posix()
        for path in settings.MEDIA_ROOT.glob("photos/*/*")
    }
    assert found == kept and sweep_photos() == 0
