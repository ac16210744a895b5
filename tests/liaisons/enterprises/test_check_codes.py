"""A credit code is right when python-stdnum says so: of right codes it is not asked, so both are
held against each other.
"""

import random

import pytest
from django.core.exceptions import ValidationError
from stdnum.cn import uscc

from liaisons.codes import validate_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def codes():
    """Right codes, and each with one to three characters mistyped, most of which are wrong."""
    chance = random.Random(1)
    for _code in range(1500):
        body = "".join(chance.choices("0123456789", k=8)) + "".join(chance.choices(ALPHABET, k=9))
        code = body + uscc.calc_check_digit(body)
        yield code
        for slips in (1, 2, 3):
            letters = list(code)
            for place in chance.sample(range(18), slips):
                letters[place] = chance.choice(ALPHABET + "IOSVZabc９ ")
            yield "".join(letters)


def is_right(code):
    try:
        validate_credit_code(code)
    except ValidationError:
        return False
    return True


def test_the_verdict_is_that_of_the_library():
    told = [(code, is_right(code), uscc.is_valid(code)) for code in codes()]
    assert [entry for entry in told if entry[1] != entry[2]] == []
    assert sum(right for _code, right, _verdict in told) >= 1500 and not all(
        right for _code, right, _verdict in told
    )


@pytest.mark.parametrize(
    "code", ["", "91440300MA5FUB652", "91440300MA5FUB65250", "91440300MA5FUB6525\n"]
)
def test_another_length_is_never_taken_for_a_right_code(code):
    assert is_right(code) == uscc.is_valid(code)
