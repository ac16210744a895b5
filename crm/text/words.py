"""Texts made comparable: full width to half width, case, spaces.

A name's pinyin; and an identifier read out of text.
"""

import re
import unicodedata
import uuid
from functools import lru_cache
from typing import Any
from uuid import UUID

from pypinyin import Style
from pypinyin.constants import PHRASES_DICT, RE_HANS
from pypinyin.converter import UltimateConverter
from pypinyin.seg import mmseg, simpleseg

#: What any phrase that pypinyin knows begins with. Asked of the set itself: its owner's ``in`` is a
#: Python call a character.
_BEGINNINGS = mmseg.p_set._set
_CONVERTER = UltimateConverter()
LONGEST_NAME = 160
_SPACES = re.compile(r"\s+")
#: Invisible characters: controls, marks of direction, zero-width and ignorable ones, tags, lone
#: surrogates. Private-use characters stay: older systems wrote rare ideographs with them.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
#: They choose a form of the ideograph before them (a rare name is written so); after anything else
#: they are unseen too.
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HIDDEN = re.compile(f"[{_UNSEEN}]")
_STRAY_SELECTOR = re.compile(f"(?<![^\\x00-\\x7f\\s{_SELECTORS}])[{_SELECTORS}]")
_BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_PUNCTUATION = re.compile(
    r"[()\[\]{}<>〈〉《》「」【】“”‘’\"'`·・•,.;:!?，。；：！？、"
    r"\-_/\\|—–…~*#&+\s\x00-\x1f\x7f" + _UNSEEN + _SELECTORS + "]"
)
#: what a company's name ends with without being told apart by it, longest first
LEGAL_FORMS = (
    "股份有限责任公司",
    "集团股份有限公司",
    "集团有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限合伙企业",
    "普通合伙企业",
    "个人独资企业",
    "集团公司",
    "有限公司",
    "分公司",
    "合伙企业",
    "有限合伙",
    "普通合伙",
    "特殊普通合伙",
    "公司",
    "集团",
)


def uuid_or_none(text) -> UUID | None:
    """The identifier that ``text`` (or a UUID) spells.

    None, which matches no row, for anything else.
    """
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def plain_name(text) -> Any:
    """``text`` as a name is kept: in one line, without characters that no eye sees, without spaces
    around it.
    """
    if text.isascii() and text.isprintable():  # asked of every name that is written
        return text.strip()
    return _STRAY_SELECTOR.sub("", _HIDDEN.sub("", _BREAKS.sub(" ", text))).strip()


def normalise(text) -> str:
    """``text`` in half width (NFKC), lower case, with single spaces; an empty string for None."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text or "")).strip().lower()


def squeeze(text) -> Any:
    """``normalise`` without punctuation and spaces: what names are compared and searched by."""
    plain = text and text.isalnum() and unicodedata.is_normalized("NFKC", text)
    # Most names; this is asked very often. Fillers count as letters.
    if plain and "\u115f" not in text and "\u1160" not in text:
        return text.lower()
    return (
        _squeezed_name(text)
        if text and len(text) <= LONGEST_NAME
        else _PUNCTUATION.sub("", normalise(text))
    )


@lru_cache(maxsize=16384)
def _squeezed_name(text) -> str:
    """A text as short as names are: each is asked for several times in a row, and those with
    brackets take long.
    """
    return _PUNCTUATION.sub("", normalise(text))


def place_of(query, text) -> tuple | None:
    """Where the squeezed ``query`` stands in ``text`` as it was written, whatever stands between
    its characters.

    Returns ``(start, end)`` in ``text``, or None.
    """
    places, characters = [], []
    for place, character in enumerate(text):
        plain = _squeezed_character(character)
        places += [place] * len(plain)
        characters.append(plain)
    found = "".join(characters).find(query)
    return (places[found], places[found + len(query) - 1] + 1) if found >= 0 and query else None


@lru_cache(maxsize=65536)
def _squeezed_character(character) -> Any:
    return squeeze(character)


def shortened(text, length) -> Any:
    """The first ``length`` characters of ``text``, with … where more follows."""
    return text if len(text) <= length else f"{text[:length]}…"


@lru_cache(maxsize=16384)
def core_name(name) -> Any:
    """A company's squeezed name without its legal form: 乐清市正泰电器有限公司 → 乐清市正泰电器."""
    text = squeeze(name)
    for form in LEGAL_FORMS:
        if text.endswith(form) and len(text) > len(form) + 1:
            return text[: -len(form)]
    return text


def pinyin(text) -> tuple[str, str]:
    """``(full, initials)`` of a text: 乐清 → ("yueqing", "yq").

    Other characters stay as they are, squeezed.
    """
    plain = squeeze(text)
    parts = [plain] if RE_HANS.match(plain) else simpleseg.simple_seg(plain)
    readings = [_read(word) for part in parts for word in _cut(part)]
    return "".join([full for full, _initials in readings]), "".join(
        [initials for _full, initials in readings]
    )


def _cut(text) -> list:
    """The words of ``text``, the longest first from where the last one ended: as pypinyin's
    mmseg.seg.cut, five times as fast.

    tests/crm/text/test_read_pinyin.py holds that both read alike.
    """
    words, start, whole = [], 0, len(text)
    while start < whole:
        # A character that begins no phrase with the next one stands by itself.
        end, last = (
            start + 2,
            start + 1,
        )
        while end <= whole and text[start:end] in _BEGINNINGS:
            if text[start:end] in PHRASES_DICT:
                last = end
            end += 1
        if (
            end > whole
            and last == start + 1
            and text[start:last] not in PHRASES_DICT
            and text[start] in _BEGINNINGS
        ):
            # The whole rest only begins a phrase: its characters one by one.
            return words + list(text[start:])
        words.append(text[start:last])
        start = last
    return words


@lru_cache(maxsize=65536)
def _read(word) -> tuple[str, str]:
    """``(full, initials)`` of one word as it is read in its whole.

    Words come again in name after name, so they are kept.
    """
    # The converter itself: lazy_pinyin would make one for each word, and cut the word once more.
    readings = _CONVERTER.convert(word, Style.NORMAL, heteronym=False, errors=list, strict=True)
    syllables = [syllable for reading in readings for syllable in reading]
    return "".join(syllables), "".join([syllable[:1] for syllable in syllables])
