"""Names are read as pypinyin reads them, whatever shorter way is taken to ask it."""

import random
from itertools import chain

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.seg import mmseg, simpleseg

from crm.text.words import pinyin, squeeze

NAMES = [
    "乐清正泰电器有限公司",
    "重庆重型机械(长沙)有限公司",
    "银行行长厦门大厦",
    "女绿旅行社",
    "ABC数码3D打印",
    "卡拉OK",
    "㐀𠮷野家",
    "一心一",
    "",
    "123",
]


def texts():
    """Names, and phrases of the dictionary and beginnings of them, run together by a fixed chance."""
    chance, phrases = random.Random(1), sorted(PHRASES_DICT)
    made = (
        "".join(
            chance.choice(phrases)[: chance.randint(1, 6)] for _part in range(chance.randint(1, 4))
        )
        for _text in range(3000)
    )
    return chain(NAMES, made)


def test_every_text_is_read_as_the_library_reads_it():
    for text in texts():
        words = [word for part in simpleseg.seg(squeeze(text)) for word in mmseg.seg.cut(part)]
        syllables = [
            syllable
            for word in words
            for syllable in lazy_pinyin(word, style=Style.NORMAL, errors=list)
        ]
        assert pinyin(text) == (
            "".join(syllables),
            "".join(syllable[:1] for syllable in syllables),
        ), text
