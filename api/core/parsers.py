"""JSON in: an object, of bounded size."""

import re
from decimal import Decimal
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

from crm.errors import Refusal
from crm.text.characters import form_places, require_fit, unfit_places

_decoder = msgspec.json.Decoder(float_hook=Decimal)


_PLACE = re.compile(r"\(byte (\d+)\)")


class TooLarge(Refusal):
    """A body of more than settings.DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    status = 413
    code = "too-large"


class JSONParser(BaseParser):
    """Numbers with a fraction become decimals, exact to the last digit."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> dict:
        """The object that the body holds; ParseError for all else, TooLarge beyond the limit."""
        body = _whole(stream)
        try:
            data = _decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
            raise ParseError(_malformed(error, body)) from error
        if not isinstance(data, dict):
            raise ParseError(_("The body must be a JSON object."))
        require_fit(unfit_places(data))
        return data


class FormParser(MultiPartParser):
    """A form with files (multipart/form-data)."""

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        """The fields and files that the body holds.

        Invalid where one holds what no text can hold.
        """
        parsed = super().parse(stream, media_type, parser_context)
        require_fit(form_places(parsed.data, parsed.files))
        return parsed


def _whole(stream) -> bytes:
    """The body as it came; TooLarge beyond the limit, of which nothing more is read."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = stream.read(limit + 1)
    if len(body) > limit:
        sentence = _("This is larger than the %(size)d MB that are taken at once.")
        raise TooLarge(sentence % {"size": limit // 2**20})
    return body


def _malformed(error: Exception, body: bytes) -> str:
    """Where the body stops being JSON, as far as the decoder says."""
    if isinstance(error, RecursionError):
        return _("The body is no valid JSON: it is nested too deeply.")
    if isinstance(error, UnicodeDecodeError):
        sentence = _("The body is no valid JSON: it is not written in UTF-8 at byte %(place)d.")
        return sentence % {"place": error.start}
    if place := _PLACE.search(str(error)):
        sentence = _("The body is no valid JSON: it is malformed at byte %(place)s.")
        return sentence % {"place": place[1]}
    if "truncated" in str(error):
        sentence = _("The body is no valid JSON: it ends too early, after %(count)d bytes.")
        return sentence % {"count": len(body)}
    return _("The body is no valid JSON: a number in it is out of range.")
