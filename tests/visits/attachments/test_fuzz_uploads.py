"""Mutated files through every route that takes files.

`make fuzz-uploads` sends thousands to a real service.
"""

import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from api.tokens.services import token_issue
from crm.models import Job
from tests.fuzz_files import Mutations
from tests.fuzz_uploading import ROUTES
from tests.orders import do_waiting
from visits.models import Attachment, Photo

pytestmark = pytest.mark.django_db

FILES = int(os.environ.get("CRM_FUZZ", 3))  # through each route


class Site:
    """The house as Django's test client reaches it."""

    def __init__(self, cast, as_user):
        self.cast, self.as_user = cast, as_user
        _row, self.token = token_issue(name="fuzz", days=1, by=cast.li)

    def send(self, who, address, fields, files):
        client = (
            Client(headers={"authorization": f"Bearer {who}"})
            if isinstance(who, str)
            else self.as_user(who)
            if who
            else Client()
        )
        return client.post(
            address,
            {
                **fields,
                **{field: SimpleUploadedFile(name, content) for field, name, content in files},
            },
        ).status_code


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
def test_no_file_breaks_a_door_or_stays_unchecked(cast, as_user, settings, route):
    settings.LINK_FILES_A_DAY = settings.LINK_REPORTS_A_DAY = 10_000
    site, mutations = Site(cast, as_user), Mutations(route.name)
    statuses = {route.post(site, mutations.next(route.kinds)) for _number in range(FILES)}
    do_waiting()
    assert all(status < 500 and status not in {403, 404} for status in statuses), statuses
    for model in (Photo, Attachment):
        assert not model.objects.filter(state=model.State.CHECKING).exists()
        assert not model.objects.filter(
            refusal__why="failed"
        ).exists()  # nothing was a fault of ours
    assert not Job.objects.filter(
        attempts__gt=1
    ).exists()  # a fault of ours is tried again, a bad file is not
