"""A photo is decoded, capped and written anew; what is none is refused with a sentence."""

import datetime
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.cast import record_visit
from tests.pictures import GPS, jpeg_with_position, png_of
from visits.models import Photo, VisitDraft
from visits.photos import WAITING_DAYS, sweep_photos

pytestmark = pytest.mark.django_db


def upload(client, file):
    return client.post(reverse("photo_upload", args=[uuid.uuid4()]), {"photo": file})


def test_the_position_in_a_picture_is_gone_and_it_stands_upright(cast, as_user, settings):
    client = as_user(cast.li)
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
        SimpleUploadedFile("断.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 500, "image/jpeg"),
        SimpleUploadedFile("画.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "image/svg+xml"),
    ],
    ids=["pdf", "empty", "broken", "svg"],
)
def test_what_is_no_picture_is_refused_by_name(cast, as_user, file):
    name, answer = file.name, upload(as_user(cast.li), file)
    assert answer.status_code in {404, 422, 400} and Photo.objects.count() == 0
    assert name in answer.content.decode() or file.size == 0


def test_a_hundred_megapixels_are_refused_before_they_are_unpacked(cast, as_user):
    answer = upload(as_user(cast.li), png_of((10_000, 10_000)))
    assert answer.status_code in {400, 422} and "100" in answer.content.decode() and Photo.objects.count() == 0


def test_a_visit_takes_twelve_photos(cast, as_user):
    client, visit = as_user(cast.li), uuid.uuid4()
    address = reverse("photo_upload", args=[visit])
    answers = [client.post(address, {"photo": jpeg_with_position(size=(10, 10 + n))}).status_code for n in range(13)]
    assert answers[:12] == [200] * 12 and answers[12] != 200 and Photo.objects.count() == 12


def test_a_picture_for_a_visit_of_somebody_else_finds_none(cast, as_user):
    own, foreign, client = record_visit(cast, cast.li), record_visit(cast, cast.wu, cast.chint), as_user(cast.li)
    for visit, status in ((own, 409), (foreign, 404), (record_visit(cast, cast.zhang), 404)):
        answer = client.post(reverse("photo_upload", args=[visit.uid]), {"photo": jpeg_with_position()})
        assert answer.status_code == status and Photo.objects.count() == 0
    typed = uuid.uuid4()
    assert as_user(cast.wu).post(reverse("photo_upload", args=[typed]), {"photo": jpeg_with_position()}).status_code == 200
    assert client.post(reverse("photo_upload", args=[typed]), {"photo": jpeg_with_position()}).status_code == 404


def test_a_picture_has_two_sizes_and_no_other(cast, as_user):
    client = as_user(cast.li)
    upload(client, jpeg_with_position())
    for size, status in (("small", 200), ("large", 200), ("anything", 404), ("Small", 404), ("print_copy", 404)):
        assert client.get(reverse("photo", args=[Photo.objects.get().uid, size])).status_code == status


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
    assert visit.photos.count() == 1 and visit.facts_version == 2


def test_a_picture_whose_visit_never_came_is_removed_in_time(cast, as_user, settings):
    """One belongs to a recorded visit, one to a draft, one came lately: only the fourth goes, with its files."""
    client, visit, draft = as_user(cast.li), record_visit(cast, cast.li), uuid.uuid4()
    VisitDraft.objects.create(uid=draft, owner=cast.li, enterprise=cast.semir)
    for number, uid in enumerate((uuid.uuid4(), draft, uuid.uuid4(), uuid.uuid4())):
        client.post(reverse("photo_upload", args=[uid]), {"photo": jpeg_with_position(size=(10, 10 + number))})
    recorded, _typed, late, lost = Photo.objects.order_by("pk")
    old = timezone.now() - datetime.timedelta(days=WAITING_DAYS, minutes=1)
    Photo.objects.exclude(pk=late.pk).update(created_at=old)
    Photo.objects.filter(pk=recorded.pk).update(visit=visit)
    assert sweep_photos() == 1 and not Photo.objects.filter(pk=lost.pk).exists() and Photo.objects.count() == 3
    kept = {name for photo in Photo.objects.all() for name in (photo.file, photo.print_copy, photo.thumbnail)}
    found = {path.relative_to(settings.MEDIA_ROOT).as_posix() for path in settings.MEDIA_ROOT.glob("photos/*/*")}
    assert found == kept and sweep_photos() == 0
