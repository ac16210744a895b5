"""Bodies of creates that the cast's people may send, of the samples of all nouns."""

import uuid

from tests.samples import SAMPLES, sample_of


def body_for(noun, cast):
    """``(who may, a full body)`` for a create of ``noun`` (the address below /api/v1/)."""
    sample = sample_of(noun)
    return getattr(cast, sample.by), {"uid": uuid.uuid4(), **sample.body(cast)}


#: noun → one change of a row of it
CHANGES = {sample.prefix: sample.change for sample in SAMPLES if sample.change}
WRITTEN = tuple(sample.prefix for sample in SAMPLES)
