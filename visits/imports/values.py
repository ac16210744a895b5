"""One cell's value, from what people write. Each parser returns the value or raises Unreadable."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.calendar import at
from crm.text.words import squeeze
from liaisons.imports.values import Unreadable, day, text_of
from visits.models.limits import Urgency
from visits.problems.services import fault_of_moment

URGENCIES = {
    "": Urgency.NORMAL,
    "一般": Urgency.NORMAL,
    "普通": Urgency.NORMAL,
    "正常": Urgency.NORMAL,
    "紧急": Urgency.URGENT,
    "急": Urgency.URGENT,
    "特急": Urgency.URGENT,
    "加急": Urgency.URGENT,
    "咨询": Urgency.ADVICE,
    "复杂": Urgency.COMPLEX,
    "疑难": Urgency.COMPLEX,
    **{value: Urgency(value) for value in Urgency.values},
}
YES, NO = (
    {"是", "1", "true", "yes", "y", "√", "涉警"},
    {"否", "0", "false", "no", "n", "×", "x", "不涉警", "非涉警"},
)
#: Characters of a title that is taken from the description.
TITLE_LENGTH = 60


def urgency(value) -> str:
    """How urgent it is; normal when empty."""
    found = URGENCIES.get(squeeze(text_of(value)))
    if found is None:
        known = "、".join(word for word in URGENCIES if word and not word.isascii())
        raise Unreadable(
            _("“%(text)s” is no urgency. Write one of: %(known)s.")
            % {"text": text_of(value)[:40], "known": known}
        )
    return found.value


def police(value) -> bool | None:
    """Whether it is a police matter; None when empty: its category says."""
    text = squeeze(text_of(value)) or text_of(value)
    if not text:
        return None
    if text not in YES | NO:
        raise Unreadable(
            _("“%(text)s” is neither yes nor no. Write 是 or 否.") % {"text": text[:40]}
        )
    return text in YES


def moment(value) -> datetime.datetime | None:
    """When it was reported, as a moment: a time as it stands, a day from its beginning.

    None when empty.
    """
    if isinstance(value, datetime.datetime):
        found = (
            timezone.make_aware(value.replace(microsecond=0)) if timezone.is_naive(value) else value
        )
    else:
        when = day(value)
        found = at(when, _time_in(text_of(value))) if when else None
    if sentence := fault_of_moment(found):
        raise Unreadable(sentence)
    return found


def _time_in(text) -> datetime.time:
    """The time of day at the end of a text such as 2026-03-05 09:30; midnight without one."""
    last = text.replace("T", " ").split(" ")[-1].replace("：", ":")
    try:
        return datetime.time.fromisoformat(last) if ":" in last else datetime.time()
    except ValueError:
        raise Unreadable(
            _("“%(text)s” is no time. Write it as 2026-03-05 09:30.") % {"text": text[:40]}
        ) from None


def title_from(description) -> Any:
    """A title for what has none: its first sentence, or as much of it as a title takes."""
    first = description.replace("！", "。").replace("\n", "。").split("。")[0]
    return first[:TITLE_LENGTH]
