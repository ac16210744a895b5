"""The enterprises with the people there whom an officer may call."""

import datetime
import math
from decimal import Decimal
from typing import Any

from crm.db.bulk import Table
from crm.secrets.encryption import blind_index
from crm.text.words import core_name, squeeze
from liaisons.models import Contact, Enterprise
from visits.demo import places
from visits.demo.chance import Chance, Wheel, shares
from visits.demo.city import EnterpriseRow
from visits.demo.companies import Companies, trade_weights
from visits.demo.people import Names, surname
from visits.demo.trades import TRADES
from visits.demo.units import KILOMETRE

#: How often an enterprise is called on: never, not for months, as usual, often.
HABITS = (("never", 5), ("lapsed", 10), ("usual", 67), ("frequent", 15))
JOB_TITLES = (
    "法定代表人",
    "总经理",
    "副总经理",
    "办公室主任",
    "行政经理",
    "安全主管",
    "财务负责人",
    "人事经理",
    "保卫科长",
)
_COUNT_OF_CONTACTS = (1, 1, 2, 2, 2, 3)


def make_enterprises(city) -> int:
    """Write the enterprises, station by station; returns their number."""
    chance, table = Chance("enterprises"), Table(Enterprise)
    companies, habits = Companies(chance), Wheel(HABITS)
    by_county = shares(city.sizes.enterprises, [county.weight for county in places.COUNTIES])
    for index, county in enumerate(places.COUNTIES):
        trades = Wheel(trade_weights(county))
        stations = [station for station in city.stations if station.county == index]
        for station, count in zip(
            stations, shares(by_county[index], [s.weight for s in stations]), strict=True
        ):
            for _one in range(count):
                row = _enterprise(
                    city, table, chance, companies, county, station, trades.pick(chance)
                )
                row.habit = habits.pick(chance)
                if row.habit == "lapsed":
                    row.until = city.today.toordinal() - chance.between(110, 330)
    return table.close()


def _enterprise(city, table, chance, companies, county, station, trade) -> EnterpriseRow:
    row = EnterpriseRow(
        0,
        companies.name(county, trade),
        station,
        trade,
        max(8, round(TRADES[trade].size * math.exp(chance.near(1.1)))),
        *_position(chance, station),
    )
    amount, currency, text = companies.capital()
    moment = city.ago(395, chance.between(8, 17), chance.below(60))
    row.key = table.add(
        uid=chance.uid(),
        created_at=moment,
        updated_at=moment,
        name=row.name,
        core_name=core_name(row.name),
        credit_code=companies.code(county.division),
        division_id=county.division,
        industry_id=TRADES[trade].industry,
        unit_id=station.key,
        status=_status(chance),
        above_scale=row.employees >= 30 and chance.happens(0.93),
        address=companies.address(county, station),
        founded_on=city.today - datetime.timedelta(days=chance.between(420, 12_000)),
        capital=amount,
        capital_currency=currency,
        capital_text=text,
        employees=row.employees,
        latitude=Decimal(f"{row.latitude:.6f}"),
        longitude=Decimal(f"{row.longitude:.6f}"),
        waiting_since=moment.date(),
    )
    city.enterprises.append(row)
    return row


def _status(chance) -> Any:
    drawn = chance.random()
    statuses = Enterprise.Status
    return (
        statuses.ACTIVE if drawn > 0.02 else statuses.SUSPENDED if drawn > 0.008 else statuses.MOVED
    )


def _position(chance, station) -> tuple:
    """A point within some two kilometres of the station."""
    return (
        station.latitude + chance.near(2 * KILOMETRE),
        station.longitude + chance.near(2 * KILOMETRE) / math.cos(math.radians(station.latitude)),
    )


def make_contacts(city) -> int:
    """Write one to three people an enterprise, encrypted by the model's own fields.

    Returns their number.
    """
    chance, table = Chance("contacts"), Table(Contact)
    names = Names(chance)
    for enterprise in city.enterprises:
        titles = (*JOB_TITLES, "厂长" if TRADES[enterprise.trade].makes_things else "运营经理")
        for place, job_title in enumerate(chance.sample(titles, chance.pick(_COUNT_OF_CONTACTS))):
            name, phone = names.next(0.4), _phone(chance)
            left = place > 0 and chance.happens(0.05)
            moment = city.ago(chance.between(366, 394), chance.between(8, 17), chance.below(60))
            key = table.add(
                uid=chance.uid(),
                created_at=moment,
                updated_at=moment,
                enterprise_id=enterprise.key,
                name=name,
                name_index=blind_index(squeeze(name)),
                job_title=job_title,
                work_phone=phone,
                phone_index=blind_index(squeeze(phone)),
                is_main=place == 0,
                left_on=city.today - datetime.timedelta(days=chance.between(20, 300))
                if left
                else None,
            )
            if not left:
                enterprise.contacts.append((key, surname(name), job_title))
    return table.close()


def _phone(chance) -> str:
    """A number in a form that exists and in a series that does not: no operator has 154, no local
    number begins with 1.
    """
    return (
        f"154{chance.below(10**8):08}" if chance.happens(0.7) else f"0577-1{chance.below(10**7):07}"
    )
