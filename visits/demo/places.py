"""The city's real places: its bureaux, their streets and towns, and what each county is known to
make.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class County:
    """A county bureau's area.

    ``towns`` are (name with its kind, weight); ``radius`` is in kilometres.
    """

    division: str
    code: str
    bureau: str
    short: str
    place: str
    latitude: float
    longitude: float
    radius: float
    weight: int
    towns: tuple
    trades: dict = field(hash=False)
    special: tuple = ()


def _towns(text):
    """``"柳市镇*6 白石街道"`` → (("柳市镇", 6), ("白石街道", 1))."""
    parts = (word.partition("*") for word in text.split())
    return tuple((name, int(weight or 1)) for name, _star, weight in parts)


CITY_CODE, CITY_NAME, CITY_SHORT = "3303", "温州市公安局", "温州市局"
CITY_DIVISION = "330300"
CITY_DEPARTMENTS = (
    "治安管理支队",
    "经济犯罪侦查支队",
    "刑事侦查支队",
    "交通警察支队",
    "出入境管理局",
    "禁毒支队",
    "网络安全保卫支队",
    "人口与公共服务支队",
    "食品药品环境犯罪侦查支队",
    "法制支队",
)
COUNTY_DEPARTMENTS = (
    "治安大队",
    "经侦大队",
    "刑侦大队",
    "交警大队",
    "出入境管理大队",
    "禁毒大队",
    "网安大队",
    "食药环侦大队",
)

#: What every county has beside its own trades.
COMMON = {
    "building": 5,
    "trade": 6,
    "retail": 2,
    "haulage": 3,
    "software": 2,
    "hotels": 2,
    "estate": 2,
    "business": 2,
    "technique": 1,
    "catering": 1,
    "food": 2,
    "machines": 4,
    "metal": 3,
    "plastics": 3,
}

COUNTIES = (
    County(
        "330302",
        "330302",
        "温州市公安局鹿城区分局",
        "鹿城分局",
        "鹿城区",
        28.010,
        120.650,
        7,
        70,
        _towns(
            "五马街道*3 七都街道 滨江街道*3 南汇街道*3 松台街道*2 双屿街道*4 仰义街道*2 大南街道*2 蒲鞋市街道*2 南郊街道*3 广化街道*2"
            " 丰门街道*5 藤桥镇*3 山福镇"
        ),
        {
            "shoes": 26,
            "garments": 8,
            "locks": 6,
            "trade": 12,
            "retail": 6,
            "software": 6,
            "business": 6,
            "leather": 4,
        },
        ("江心", "火车站", "望江", "黎明"),
    ),
    County(
        "330303",
        "330303",
        "温州市公安局龙湾区分局",
        "龙湾分局",
        "龙湾区",
        27.930,
        120.790,
        6,
        95,
        _towns(
            "永中街道*5 蒲州街道*3 海滨街道*3 永兴街道*4 海城街道*4 状元街道*3 瑶溪街道*3 沙城街道*4 天河街道*3 星海街道*5"
        ),
        {
            "valves": 18,
            "steel": 14,
            "locks": 12,
            "machines": 10,
            "pens": 6,
            "leather": 6,
            "electronics": 5,
            "pharmacy": 2,
        },
        ("机场", "高新园区"),
    ),
    County(
        "330304",
        "330304",
        "温州市公安局瓯海区分局",
        "瓯海分局",
        "瓯海区",
        27.990,
        120.610,
        8,
        90,
        _towns(
            "景山街道*2 梧田街道*5 南白象街道*3 茶山街道*3 娄桥街道*6 新桥街道*3 三垟街道 瞿溪街道*4 郭溪街道*6 潘桥街道*4 丽岙街道*3"
            " 仙岩街道*4 泽雅镇"
        ),
        {
            "shoes": 14,
            "garments": 12,
            "glasses": 16,
            "locks": 16,
            "valves": 4,
            "electric": 4,
            "software": 3,
        },
        ("大学城", "动车南站"),
    ),
    County(
        "330305",
        "330305",
        "温州市公安局洞头区分局",
        "洞头分局",
        "洞头区",
        27.836,
        121.150,
        3,
        9,
        _towns("北岙街道*3 东屏街道*2 元觉街道 霓屿街道 大门镇*2 鹿西乡"),
        {"food": 20, "ships": 5, "tourism": 8, "chemicals": 3, "hotels": 6},
    ),
    County(
        "330324",
        "330324",
        "永嘉县公安局",
        "永嘉县局",
        "永嘉县",
        28.130,
        120.690,
        10,
        75,
        _towns(
            "东城街道*2 北城街道*2 南城街道*2 江北街道*5 东瓯街道*6 三江街道*3 黄田街道*4 乌牛街道*4 桥头镇*4 桥下镇*4 大若岩镇 碧莲镇"
            " 巽宅镇 岩头镇 枫林镇 岩坦镇 沙头镇 鹤盛镇"
        ),
        {"valves": 34, "toys": 10, "shoes": 8, "buttons": 8, "steel": 3, "tourism": 2},
        ("楠溪江",),
    ),
    County(
        "330326",
        "330326",
        "平阳县公安局",
        "平阳县局",
        "平阳县",
        27.640,
        120.510,
        10,
        70,
        _towns(
            "昆阳镇*4 鳌江镇*6 水头镇*5 萧江镇*6 万全镇*6 腾蛟镇*2 麻步镇*3 山门镇 顺溪镇 南雁镇 凤卧镇 怀溪镇 海西镇*2 南麂镇 闹村乡"
        ),
        {"woven": 22, "leather": 14, "machines": 16, "petfood": 8, "printing": 5, "autoparts": 3},
        ("滨海新区",),
    ),
    County(
        "330327",
        "330327",
        "苍南县公安局",
        "苍南县局",
        "苍南县",
        27.500,
        120.400,
        10,
        48,
        _towns(
            "灵溪镇*6 钱库镇*4 金乡镇*4 宜山镇*3 马站镇 矾山镇 桥墩镇*2 藻溪镇 赤溪镇 望里镇*2 炎亭镇 莒溪镇 南宋镇 霞关镇 沿浦镇"
        ),
        {"printing": 14, "packaging": 8, "woven": 8, "textile": 10, "instruments": 8, "food": 4},
    ),
    County(
        "330328",
        "330328",
        "文成县公安局",
        "文成县局",
        "文成县",
        27.787,
        120.085,
        9,
        8,
        _towns(
            "大峃镇*4 玉壶镇*2 南田镇 黄坦镇*2 西坑镇 百丈漈镇 峃口镇 巨屿镇*2 珊溪镇*2 周壤镇 铜铃山镇"
        ),
        {"shoes": 4, "autoparts": 4, "food": 6, "tourism": 6, "hydro": 4},
    ),
    County(
        "330329",
        "330329",
        "泰顺县公安局",
        "泰顺县局",
        "泰顺县",
        27.557,
        119.717,
        10,
        9,
        _towns(
            "罗阳镇*4 司前镇*2 百丈镇 筱村镇*2 泗溪镇 彭溪镇*3 雅阳镇*2 仕阳镇 三魁镇 南浦溪镇 龟湖镇 西旸镇 包垟乡"
        ),
        {"toys": 6, "stone": 4, "food": 6, "tourism": 5, "hydro": 4},
    ),
    County(
        "330381",
        "330381",
        "瑞安市公安局",
        "瑞安市局",
        "瑞安市",
        27.790,
        120.620,
        9,
        130,
        _towns(
            "安阳街道*3 玉海街道*2 锦湖街道*3 潘岱街道*3 东山街道*4 上望街道*4 莘塍街道*6 汀田街道*6 飞云街道*5 仙降街道*5 南滨街道*2 塘下镇*12"
            " 马屿镇*4 陶山镇*3 湖岭镇 高楼镇 桐浦镇*2 林川镇 曹村镇 平阳坑镇"
        ),
        {
            "autoparts": 34,
            "shoes": 14,
            "machines": 14,
            "glasses": 6,
            "polymers": 6,
            "garments": 4,
            "electric": 3,
        },
        ("罗凤", "瑞安经济开发区"),
    ),
    County(
        "330382",
        "330382",
        "乐清市公安局",
        "乐清市局",
        "乐清市",
        28.100,
        120.930,
        9,
        150,
        _towns(
            "柳市镇*14 北白象镇*10 虹桥镇*9 乐成街道*4 城东街道*5 城南街道*3 盐盆街道*4 翁垟街道*5 白石街道*3 石帆街道*4 天成街道*3 淡溪镇"
            " 清江镇*2 芙蓉镇*2 大荆镇*2 仙溪镇 雁荡镇 磐石镇*2 蒲岐镇*2 南岳镇 南塘镇 湖雾镇 岭底乡 智仁乡"
        ),
        {"electric": 62, "electronics": 18, "moulds": 8, "ships": 1, "pharmacy": 1, "tourism": 1},
        ("乐清经济开发区", "雁荡山景区", "乐清湾港区"),
    ),
    County(
        "330383",
        "330383",
        "龙港市公安局",
        "龙港市局",
        "龙港市",
        27.580,
        120.550,
        4,
        48,
        _towns(
            "龙江社区*4 江口社区*3 舥艚社区*2 芦浦社区*2 沿江社区*3 云岩社区*2 湖前社区*2 平等社区*2 白沙社区*2 海城社区 新城社区*4"
        ),
        {"printing": 26, "packaging": 14, "textile": 12, "woven": 8, "polymers": 6, "gifts": 6},
    ),
    County(
        "330305",
        "330390",
        "温州市公安局海洋经济发展示范区分局",
        "示范区分局",
        "洞头区",
        27.960,
        120.920,
        3,
        10,
        _towns("灵昆街道*3 瓯江口社区*5"),
        {"autoparts": 6, "electric": 4, "haulage": 8, "electronics": 4, "building": 6},
    ),
)

#: The station where the people of ``manage.py demo_logins`` serve.
DEMO_COUNTY, DEMO_TOWN = "330382", "柳市镇"
