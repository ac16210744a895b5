"""What the city's companies do: the industry's code, what they call themselves, what they make."""

from typing import NamedTuple


class Trade(NamedTuple):
    """A line of business; ``size`` is the usual number of employees."""

    industry: str
    names: tuple
    goods: tuple
    size: int

    @property
    def makes_things(self) -> bool:
        """Whether it has a workshop (sections C and D), rather than guests, clients or a building
        site.
        """
        return "13" <= self.industry <= "46"


def _trade(industry, names, goods, size=80) -> Trade:
    return Trade(industry, tuple(names.split()), tuple(goods.split()), size)


TRADES = {
    "electric": _trade(
        "38",
        "电气 电器 智能电气 电力设备 成套电气 电气科技 电力科技 开关",
        "断路器 接触器 配电箱 充电桩 继电器 光伏逆变器 互感器",
        120,
    ),
    "electronics": _trade(
        "39",
        "电子 电子科技 连接器 精密电子 电子元件 传感",
        "连接器 线束 传感器 精密端子 电源模块",
        130,
    ),
    "moulds": _trade("35", "模具 精密模具 智能装备", "注塑模具 冲压模具 自动化设备", 70),
    "shoes": _trade("19", "鞋业 鞋服 皮鞋 鞋材 鞋业科技", "男鞋 女鞋 童鞋 运动鞋 鞋底", 140),
    "garments": _trade("18", "服饰 服装 时装 制衣 童装", "西服 衬衫 童装 休闲装 羽绒服", 110),
    "leather": _trade("19", "皮革 箱包 皮业 皮件", "箱包 皮带 牛皮革 手袋", 80),
    "glasses": _trade("40", "眼镜 光学 光学眼镜 眼镜制造", "太阳镜 老花镜 光学镜架 儿童镜", 90),
    "locks": _trade(
        "33", "锁业 五金 卫浴 洁具 紧固件 智能锁", "门锁 水龙头 智能锁 紧固件 拉手", 75
    ),
    "valves": _trade(
        "34", "阀门 泵阀 流体控制 泵业 阀业 自控阀门", "球阀 蝶阀 闸阀 化工泵 调节阀", 95
    ),
    "steel": _trade("31", "不锈钢 钢管 特钢 金属材料", "不锈钢管 无缝管 焊管 法兰", 100),
    "autoparts": _trade(
        "36",
        "汽车部件 汽配 汽车零部件 车业 汽车电器 汽车科技",
        "制动器 滤清器 刹车片 汽车开关 减震器 线束",
        125,
    ),
    "machines": _trade(
        "35",
        "机械 机械设备 机械科技 包装机械 智能机械 印刷机械",
        "制袋机 灌装机 印刷机 制药机械 分切机",
        70,
    ),
    "polymers": _trade("29", "高分子材料 新材料 橡塑 薄膜", "改性塑料 密封件 流延膜 胶管", 85),
    "plastics": _trade("29", "塑业 塑料制品 塑胶", "塑料管件 注塑件 日用塑料品", 65),
    "woven": _trade("29", "塑编 编织 塑料包装 塑业", "编织袋 集装袋 无纺布袋 吨袋", 75),
    "printing": _trade("23", "印务 印业 彩印 包装印刷 印刷", "彩盒 标签 不干胶 画册 软包装", 70),
    "packaging": _trade("22", "包装 纸业 纸塑包装 纸制品", "纸箱 纸袋 礼盒 纸杯", 60),
    "textile": _trade("17", "纺织 棉纺 无纺布 纺织科技", "再生棉纱 无纺布 毛毯 拉绒布", 85),
    "gifts": _trade("24", "工艺品 礼品 文具 徽章", "台历 礼品袋 徽章 笔记本", 50),
    "toys": _trade("24", "教玩具 玩具 游乐设备 文教用品", "教玩具 户外滑梯 木制玩具 积木", 65),
    "pens": _trade("24", "制笔 文具 笔业", "中性笔 记号笔 化妆笔", 80),
    "buttons": _trade("41", "钮扣 拉链 饰品 服装辅料", "钮扣 拉链 金属饰扣", 60),
    "petfood": _trade("13", "宠物用品 宠物食品 宠物科技", "宠物咬胶 宠物零食 牵引带", 90),
    "instruments": _trade("40", "仪表 仪器仪表 计量科技 燃气仪表", "燃气表 流量计 水表", 85),
    "food": _trade("14", "食品 水产食品 农业开发 海产品", "鱼饼 虾皮 糕点 杨梅酒 粉干", 60),
    "chemicals": _trade("26", "化工 化学 涂料", "树脂 颜料 胶粘剂", 70),
    "pharmacy": _trade("27", "制药 药业 生物医药 医疗器械", "中药饮片 医用耗材 制剂", 140),
    "ships": _trade("37", "船业 船舶修造 船舶工程", "散货船 渔船 船用配件", 150),
    "stone": _trade("30", "石业 建材 新型建材 混凝土", "板材 预拌混凝土 石雕", 55),
    "metal": _trade("33", "金属制品 金属科技 机械五金", "冲压件 钣金件 弹簧", 60),
    "hydro": _trade("44", "水电 电力开发 新能源", "水力发电 光伏发电", 30),
    "building": _trade(
        "47", "建设 建筑工程 市政工程 路桥工程 园林建设", "房屋建筑 市政道路 安装工程", 160
    ),
    "trade": _trade(
        "51", "贸易 进出口 物资 供应链 国际贸易", "鞋服出口 电气出口 钢材 塑料原料", 35
    ),
    "retail": _trade("52", "商贸 百货 超市 连锁", "日用百货 生鲜 家电", 60),
    "haulage": _trade("54", "物流 运输 货运 供应链管理", "零担货运 冷链运输 城市配送", 55),
    "hotels": _trade("61", "大酒店 酒店管理 度假酒店", "住宿 会议 宴席", 70),
    "catering": _trade("62", "餐饮管理 餐饮 餐饮服务", "团餐 海鲜酒楼 中央厨房", 60),
    "software": _trade(
        "65", "信息技术 网络科技 软件 数字科技 智能科技", "企业软件 平台运营 系统集成", 40
    ),
    "estate": _trade("70", "置业 房地产开发 城建开发", "住宅开发 商业地产", 60),
    "business": _trade("72", "企业管理 人力资源 会展服务 保安服务", "劳务派遣 会展 企业咨询", 50),
    "technique": _trade("74", "检测技术 工程设计 测绘 检验认证", "产品检测 工程设计", 45),
    "tourism": _trade("78", "旅游开发 文旅 景区管理", "景区运营 民宿 漂流", 45),
}
