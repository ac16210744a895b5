"""What the tests of the API share: a program that asks with a person's token."""

import json

import pytest
from django.test import Client

from api.tokens.services import token_issue

ROOT = "/api/v1/"


class Program:
    """Asks the API with a person's token; addresses are given below /api/v1/."""

    def __init__(self, user):
        _row, self.token = token_issue(name="test", days=1, by=user)
        self.client = Client(headers={"authorization": f"Bearer {self.token}"})

    def get(self, address, data=None, **headers):
        return self.client.get(self._at(address), data, headers=headers)

    def rows(self, address, **filters):
        """The rows of the first page of a list."""
        answer = self.get(address, filters)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()["results"]

    def post(self, address, body=None, **headers):
        return self._send("post", address, body, headers)

    def patch(self, address, body, **headers):
        return self._send("patch", address, body, headers)

    def delete(self, address):
        return self.client.delete(self._at(address))

    def _send(self, method, address, body, headers):
        data = json.dumps(body or {}, default=str)
        return getattr(self.client, method)(
            self._at(address), data, content_type="application/json", headers=headers
        )

    def _at(self, address):
        return address if address.startswith("/") else ROOT + address


@pytest.fixture
def program(db):
    """A function that gives a program with a token of a person of the cast."""
    return Program
