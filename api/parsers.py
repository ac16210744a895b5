"""JSON in: an object, of bounded size."""

from decimal import Decimal

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from crm.errors import Refusal

_decoder = msgspec.json.Decoder(float_hook=Decimal)


class TooLarge(Refusal):
    """A body of more than settings.DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    status = 413
    code = "too-large"


class JSONParser(BaseParser):
    """Numbers with a fraction become decimals, exact to the last digit."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        """The object (dict) that the body holds; ParseError for anything else, TooLarge beyond the limit."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(_("This is larger than the %(size)d MB that are taken at once.") % {"size": limit // 2**20})
        try:
            data = _decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ParseError(_("The body is no valid JSON: %(why)s") % {"why": error}) from error
        if not isinstance(data, dict):
            raise ParseError(_("The body must be a JSON object."))
        return data
