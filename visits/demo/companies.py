"""Made-up companies: names that nobody bears, valid credit codes, addresses and capital."""

from typing import Any

from stdnum.cn import uscc

from visits.demo import places
from visits.demo.trades import TRADES
from visits.demo.units import bare

_HEADS = "恒华泰瑞盛隆鑫宏达兴永嘉瓯越东方海天金宝康安信诚德润丰源富利通程远博创新科凯迪奥飞翔腾龙虎豪杰正大光明中联合力美佳雅格朗伟业鼎耀展望立人和顺裕祥锦泓玖"
_TAILS = "泰达盛源丰利通和顺信诚德润康宁安隆兴昌荣华辉煌耀翔腾飞驰远博宇航凯旋威力特尔斯莱奇乐佳美雅思诺邦迪欧亚洋海江川峰岳林森"
#: Names that belong to well-known companies of the region or the country.
_TAKEN = frozenset(
    str.split("""
    正泰 天正 人民 德力西 奥康 康奈 红蜻蜓 森马 报喜鸟 华峰 人本 青山 伟明 瑞立 华仪 环宇 兴乐 超达 超华 宣达 伯特利
    方正 联想 美的 海尔 海信 华为 腾讯 金龙 美特斯 中国 华润 恒大 万达 中联 达芙妮 亚龙 华立 华邦 新和成 大明 海康
    康宁 中通 顺丰 申通 圆通 飞科 宏丰 合力 金源 中海 宏大 隆鑫 力帆 力诺 华海 华通 东方
    """)
)
_ROADS = str.split("""
    兴业路 工业路 振兴路 新园路 创业路 中心大道 人民路 环城东路 滨海大道 科技路 兴工路 纬五路 经三路 迎宾路 建设路 站前路
    东海大道 飞云江路 前进路 园区一路 园区三路 团结路 文昌路 朝阳路 广场路
""")
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class Companies:
    """Gives out names and credit codes, each once."""

    def __init__(self, chance) -> None:
        self.chance = chance
        self._names = set()  # asked, never walked through
        self._codes = set()

    def name(self, county, trade) -> str:
        """A full name such as 乐清市恒泰电气有限公司."""
        while True:
            name = f"{self._where(county)}{self._mark()}{self.chance.pick(TRADES[trade].names)}{self._form()}"
            if name not in self._names:
                self._names.add(name)
                return name

    def _where(self, county) -> Any:
        drawn = self.chance.random()
        if drawn < 0.16:
            return "浙江"
        if drawn < 0.48 or county.place.endswith("区"):
            return "温州市" if drawn < 0.30 else "温州"
        return county.place

    def _mark(self) -> Any:
        while True:
            mark = self.chance.pick(_HEADS) + self.chance.pick(_TAILS)
            if self.chance.happens(0.12):
                mark += self.chance.pick(_TAILS)
            if mark[:2] not in _TAKEN and len(set(mark)) == len(mark):
                return mark

    def _form(self) -> str:
        drawn = self.chance.random()
        return "股份有限公司" if drawn < 0.05 else "集团有限公司" if drawn < 0.08 else "有限公司"

    def code(self, division) -> str:
        """A valid unified social credit code (GB 32100-2015) registered in a division.

        Its organisation part begins with MY, a series that is not given out: no made-up code is a
        real company's.
        """
        while True:
            body = "MY" + "".join(self.chance.pick(_CODE_ALPHABET) for _place in range(6))
            front = f"91{division}{body}{_organisation_check(body)}"
            code = front + uscc.calc_check_digit(front)
            if code not in self._codes:
                self._codes.add(code)
                return code

    def address(self, county, station) -> str:
        """A full address in the station's street or town."""
        chance, town = self.chance, station.place
        town = town if bare(town) != town else ""
        road, number = chance.pick(_ROADS), chance.between(1, 998)
        drawn = chance.random()
        if drawn < 0.25 and town:
            return f"浙江省温州市{county.place}{town}{bare(town)}工业园区{road}{number}号"
        if drawn < 0.40:
            return f"浙江省温州市{county.place}{town}{road}{number}号{chance.between(1, 9)}幢{chance.between(1, 6)}楼"
        return f"浙江省温州市{county.place}{town}{road}{number}号"

    def capital(self) -> tuple[None, str, str]:
        """``(amount in yuan, currency, as the register wrote it)``.

        Some have none, a few are in dollars.
        """
        drawn = self.chance.random()
        if drawn < 0.03:
            return None, "", ""
        amount = self.chance.pick(
            (
                50,
                100,
                118,
                200,
                300,
                500,
                508,
                800,
                1000,
                1080,
                1200,
                2000,
                3000,
                5008,
                6800,
                10800,
                20000,
            )
        )
        if drawn < 0.05:
            return amount * 10_000, "USD", f"{amount}万美元"
        return amount * 10_000, "CNY", f"{amount}万元人民币"


def _organisation_check(body) -> Any:
    """The check character of an organisation code (GB 11714): letters count from 10."""
    total = sum(
        weight * int(sign, 36) for weight, sign in zip(_ORGANISATION_WEIGHTS, body, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def trade_weights(county) -> list:
    """``[(trade, weight)]`` of a county: what it is known for, and what is everywhere."""
    own = sum(county.trades.values())
    weights = dict(places.COMMON)
    for trade, weight in county.trades.items():
        weights[trade] = weights.get(trade, 0) + weight * 90 / own
    return list(weights.items())
