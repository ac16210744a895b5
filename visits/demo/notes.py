"""Notes of a visit, put together from sentences."""

from visits.demo import phrases
from visits.demo.trades import TRADES
from visits.demo.units import bare

#: How a person of each role is spoken of; nobody's given name stands in notes.
_SPOKEN_OF = {
    "法定代表人": "{}总",
    "总经理": "{}总",
    "副总经理": "{}副总",
    "办公室主任": "办公室{}主任",
    "行政经理": "行政部{}经理",
    "安全主管": "安全部{}主管",
    "财务负责人": "财务{}经理",
    "人事经理": "人事部{}经理",
    "保卫科长": "保卫科{}科长",
    "厂长": "{}厂长",
    "运营经理": "运营部{}经理",
}
#: The kinds in which one sits together at the enterprise or at a meeting.
AT_LENGTH = frozenset({"door", "meeting"})
_COUNTS = ("", "一", "两", "三")


def write_notes(
    chance, enterprise, kind, topics, services, *, problems, contact, next_contact
) -> str:
    """The notes of one visit: how it came about, what was said and done, what follows.

    Topics and services are codes.
    """
    pick, trade = chance.pick, TRADES[enterprise.trade]
    words = {
        "who": _SPOKEN_OF[contact[2]].format(contact[1]) if contact else "企业负责人",
        "goods": pick(trade.goods),
        "staff": enterprise.employees,
        "town": bare(enterprise.unit.place),
        "count": _COUNTS[problems],
        "n": chance.between(2, 8),
        "p": chance.between(2, 12) * 5,
        "rate": chance.between(13, 20) * 5,
        "floor": "车间" if trade.makes_things else "经营场所",
    }
    parts = [pick(phrases.OPENINGS[kind])]
    if kind in AT_LENGTH or chance.random() < 0.3:
        parts.append(pick(phrases.MAKING if trade.makes_things else phrases.SERVING))
    said = phrases.TOPICS if kind in AT_LENGTH else phrases.TOPICS_AWAY
    parts.extend([pick(said[topic]) for topic in topics])
    parts.extend([pick(phrases.SERVICES[service]) for service in services])
    if problems:
        parts.append(pick(phrases.PROBLEMS))
    if kind == "door":
        parts.append(pick(phrases.THANKS))
    if next_contact is not None:
        words |= {
            "days": next_contact[0],
            "month": next_contact[1].month,
            "day": next_contact[1].day,
        }
        parts.append(pick(phrases.FOLLOW_UPS))
    return "".join(parts).format_map(words)
