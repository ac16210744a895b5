"""Each address belongs to one feature, so that the order of the features' lists decides nothing."""

import re
import uuid

from django.urls import URLPattern, get_resolver

#: A part that each converter takes.
PARTS = {"uuid": str(uuid.UUID(int=7)), "int": "7", "slug": "word", "str": "word", "anything": "x"}


def lists(patterns, prefix=""):
    """``(beginning, patterns)`` of each list of addresses of ours: admin and API have their own."""
    own = [pattern for pattern in patterns if isinstance(pattern, URLPattern)]
    if own:
        yield prefix, own
    for pattern in patterns:
        if not isinstance(pattern, URLPattern) and str(pattern.pattern) not in {"admin/", "api/"}:
            yield from lists(pattern.url_patterns, prefix + str(pattern.pattern))


def test_no_two_features_answer_the_same_address():
    features = [own for _prefix, own in lists(get_resolver().url_patterns)]
    assert len(features) > 15
    wrong = []
    for own in features:
        for pattern in own:
            address = re.sub(r"<(\w+):\w+>", lambda part: PARTS[part[1]], str(pattern.pattern))
            assert pattern.resolve(address), address
            wrong += [
                f"{address}: {pattern.name} and {other.name}"
                for others in features
                if others is not own
                for other in others
                if other.resolve(address)
            ]
    assert not wrong


def test_no_name_is_given_twice():
    names = [p.name for _prefix, own in lists(get_resolver().url_patterns) for p in own]
    assert len(names) == len(set(names))
