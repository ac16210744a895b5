"""One cell's value, from what people and registers write.

Each parser returns the value or raises Unreadable.
"""

import datetime
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from crm.text.words import normalise, squeeze
from liaisons.models import Enterprise

CURRENCIES = {
    "人民币": "CNY",
    "元": "CNY",
    "美元": "USD",
    "美金": "USD",
    "港元": "HKD",
    "港币": "HKD",
    "欧元": "EUR",
    "日元": "JPY",
    "英镑": "GBP",
    "澳元": "AUD",
    "澳大利亚元": "AUD",
    "加元": "CAD",
    "加拿大元": "CAD",
    "新加坡元": "SGD",
    "瑞士法郎": "CHF",
    "新台币": "TWD",
    "台币": "TWD",
    "韩元": "KRW",
    "澳门元": "MOP",
    "cny": "CNY",
    "rmb": "CNY",
    "usd": "USD",
    "hkd": "HKD",
    "eur": "EUR",
    "jpy": "JPY",
    "gbp": "GBP",
}
SCALES = {
    "": 1,
    "万": 10_000,
    "亿": 100_000_000,
    "千": 1_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
}
STATUSES = {
    "存续": "active",
    "在业": "active",
    "开业": "active",
    "在营": "active",
    "正常": "active",
    "登记成立": "active",
    "仍注册": "active",
    "停业": "suspended",
    "歇业": "suspended",
    "迁出": "moved",
    "迁往市外": "moved",
    "注销": "closed",
    "吊销": "closed",
    "撤销": "closed",
    "清算": "suspended",
}
_CAPITAL = re.compile(r"^([\d,]+(?:\.\d+)?)(千万|百万|万|亿|千)?(.*)$")
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?(?:[ t].*)?$")
_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]")
_SIX_DIGITS = re.compile(r"\d{6}")
#: For parsers of what comes again in row after row: a cell's value is read once. True, 1 and 1.0
#: are read each for itself.
_kept = lru_cache(maxsize=4096, typed=True)


class Unreadable(ValueError):
    """A cell that cannot be understood; its text is a sentence for a person."""


def text_of(value) -> str:
    """A cell as text: whole numbers without ".0", dates as such, spaces folded.

    Formulas are only ever text.
    """
    if type(value) is str:
        return value if value.isalnum() else " ".join(value.split())
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def name(value) -> Any:
    """A name from a cell, without brackets around the whole of it."""
    text = text_of(value)
    match = _IN_BRACKETS.fullmatch(text)
    return match[1].strip() if match else text


@_kept
def day(value) -> datetime.date | None:
    """A date from a cell: a date, 2019-10-08, 2019/10/8, 2019年10月8日, 20191008; None when empty."""
    if isinstance(value, datetime.date):
        return value.date() if isinstance(value, datetime.datetime) else value
    text = normalise(text_of(value))
    if not text:
        return None
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    match = _DATE.match(text)
    if match is None:
        return _unreadable_day(text)
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return _unreadable_day(text)


def _unreadable_day(text: str) -> NoReturn:
    raise Unreadable(_("“%(text)s” is no date. Write it as 2019-10-08.") % {"text": text[:40]})


@_kept
def capital(value) -> tuple[Decimal | None, str]:
    """``(amount, currency)`` from "3万元人民币", "200万美元", "1,000万元".

    A bare number is in 10,000 yuan; (None, "") when empty.
    """
    text = normalise(text_of(value)).replace(" ", "")
    if text in {"", "-", "无", "0", "0万元人民币", "0万元"}:
        return None, ""
    match = _CAPITAL.match(text)
    if not match:
        raise _no_amount(text)
    number, scale, rest = match[1].replace(",", ""), match[2] or "", match[3].strip("()")
    currency = _known_currency(rest, text)
    factor = SCALES["万"] if not scale and not rest else SCALES[scale]
    return _amount(number, factor, text), currency


def _known_currency(word: str, text: str) -> str:
    """The code of the currency that stands behind the amount in ``text``, or Unreadable."""
    yuan = word in {"", "元", "元人民币", "人民币元", "人民币"}
    currency = "CNY" if yuan else _currency(word)
    if currency is None:
        raise Unreadable(_("The currency in “%(text)s” is not known.") % {"text": text[:40]})
    return currency


def _amount(number: str, factor: Decimal, text: str) -> Decimal:
    """``number`` times ``factor`` with two decimals; Unreadable where no column holds it."""
    try:
        amount = Decimal(number) * factor
    except InvalidOperation as error:
        raise _no_amount(text) from error
    if amount >= Decimal(10) ** 17:
        raise Unreadable(_("“%(text)s” is too large an amount.") % {"text": text[:40]})
    return amount.quantize(Decimal("0.01"))


def _no_amount(text: str) -> Unreadable:
    sentence = _("“%(text)s” is no amount of capital. Write it as 200万元人民币.")
    return Unreadable(sentence % {"text": text[:40]})


def capital_written(amount, currency, text="") -> str:
    """A capital as people write it: in the words ``text`` that it was read from where they still
    say it, else 500万元人民币.
    """
    if text and (amount is None or _says(text, amount, currency)):
        return text
    if amount is None:
        return ""
    name = _scale_of(amount)
    number = f"{amount / SCALES[name]:.2f}".rstrip("0").rstrip(".")
    money = {"CNY": "元人民币"}.get(currency) or next(
        (word for word, code in CURRENCIES.items() if code == currency), ""
    )
    return f"{number}{name}{money}"


def _scale_of(amount: Decimal) -> str:
    """The largest of 亿 and 万 in which an amount has two decimals at most; "" for neither."""
    for name in ("亿", "万"):
        if amount >= SCALES[name] and amount % (SCALES[name] // 100) == 0:
            return name
    return ""


def _says(text, amount, currency) -> bool:
    try:
        return capital(text) == (amount, currency)
    except Unreadable:
        return False


def _currency(text) -> str | None:
    for name in sorted(CURRENCIES, key=len, reverse=True):
        if name in text:
            return CURRENCIES[name]
    return None


@_kept
def status(value) -> Any:
    """A status of ours from a register's words; in business when empty."""
    text = squeeze(text_of(value))
    if not text:
        return Enterprise.Status.ACTIVE
    for word, meaning in STATUSES.items():
        if text.startswith(word):
            return Enterprise.Status(meaning)
    raise Unreadable(_("“%(text)s” is no status that is known here.") % {"text": text[:40]})


@_kept
def count(value) -> int | None:
    """A number of people; None when empty."""
    text = text_of(value).replace(",", "").removesuffix("人")
    if not text:
        return None
    if not text.isdigit() or int(text) > 10_000_000:
        raise Unreadable(_("“%(text)s” is no number of employees.") % {"text": text[:40]})
    return int(text)


@_kept
def yes(value) -> bool:
    """Whether a cell says yes."""
    return squeeze(text_of(value)) in {"是", "1", "true", "yes", "y", "√", "规上"}


@_kept
def division_code(value) -> Any:
    """The most specific division code in a cell ("4403⇥440306" → 440306), or the cell's text when
    it holds a name.
    """
    text = text_of(value)
    codes = _SIX_DIGITS.findall(text)
    return codes[-1] if codes else text
