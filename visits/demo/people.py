"""Names of people who do not exist."""

from typing import Any

from visits.demo.chance import Wheel

#: Common surnames of the region with their weights.
SURNAMES = (
    "陈*95 林*75 黄*62 王*60 李*55 张*50 叶*40 吴*40 周*38 徐*35 郑*34 金*30 胡*28 潘*24 项*18 谢*22 蔡*20 卢*14 池*8 朱*26 杨*26 刘*24"
    " 戴*14 赵*18 董*14 何*16 余*12 夏*14 章*14 邵*12 缪*8 南*6 温*8 孙*14 苏*12 施*10 方*12 许*12 曾*10 高*12 郭*10 钱*9 包*8 虞*7 倪*8"
    " 季*9 麻*5 木*3 汪*9 彭*6 薛*7 杜*6 沈*9 姜*8 白*6 柯*7 廖*4 鲍*5 翁*6 诸葛*1 欧阳*1 尤*5 管*4 应*5 连*4 支*2 万*4 冯*6 蒋*6 侯*3"
)
MEN = "伟强磊军勇杰涛超明辉鹏斌波宇浩凯健俊帆鑫晨旭东建国志文海云龙新春光成永华乐和忠义仁孝良宏博思远子轩泽恩承祥瑞庆翔锋松柏剑川江峰林森炜烨栋楠晓"
WOMEN = "芳娜敏静丽艳霞燕玲萍红梅兰英琴洁莹雪倩婷怡慧佳欣妍蕾薇璐瑶琪珊雅思雨梦晓彤若涵嘉悦诗婉清心可秋冬月如素文君海云小春乐微丹露芸菲"
#: Characters that prove every path takes them; the last lie outside Unicode's first plane.
RARE = ("喆", "珺", "翀", "堃", "玥", "䶮", "淏", "赟", "犇", "昪", "𬍛", "𠅤")

#: Well-known people whose names the characters above could form.
WELL_KNOWN = frozenset(
    str.split("""
    余承东 余秋雨 刘强东 刘志军 刘晓庆 刘诗诗 卢志强 叶诗文 吴志泽 吴文俊 吴晓波 周云杰 周云鹏 周冬雨 周成建 周海江
    孙宏斌 孙春兰 张建国 张志东 张志军 张文博 张文宏 张春华 张晓龙 徐文东 徐海东 徐静蕾 朱雨玲 李云龙 李冬雨 李国华
    李国庆 李建军 李建国 李文俊 李春江 李晓明 李晓江 杨丽萍 杨国强 杨建军 杨志远 林俊杰 林建华 林心如 林志云 林文月
    林晓峰 林永健 林永和 林海峰 汪海林 潘建伟 王东明 王俊凯 王健林 王宏伟 王小云 王建军 王建国 王建林 王志强 王志成
    王志文 王思雨 王文华 王文博 王文涛 王春雨 胡春华 胡海波 董宇辉 董建华 蔡国强 蔡文静 许文强 许海峰 谢晓东 赵忠祥
    赵文博 郑建江 金志文 金海心 陈国华 陈小春 陈建军 陈建国 陈建斌 陈志华 陈志文 陈思雨 陈文清 陈明忠 陈素素 陈雨露
    高晓松 黄志忠 黄志文 黄旭华 黄晓明 黄海波
    """)
)


def weighted(text) -> list[tuple[Any, int]]:
    """``"陈*95 林*75"`` → [("陈", 95), ("林", 75)]."""
    return [(word.partition("*")[0], int(word.partition("*")[2])) for word in text.split()]


def surname(name) -> Any:
    """The surname of a full name made here."""
    return name[:2] if name[:2] in ("诸葛", "欧阳") else name[:1]


class Names:
    """Gives out made-up names from one stream of chance."""

    def __init__(self, chance) -> None:
        self.chance = chance
        self.surnames = Wheel(weighted(SURNAMES))

    def next(self, share_of_women=0.3) -> Any:
        """One name of two or three characters (four with a double surname), never a well-known one."""
        while True:
            name = self.surnames.pick(self.chance) + self._given(
                self.chance.happens(share_of_women)
            )
            if name not in WELL_KNOWN:
                return name

    def _given(self, is_woman) -> Any:
        # Given names of one character are where made-up and well-known names meet: only rare ones,
        # and seldom.
        chance, bank = self.chance, WOMEN if is_woman else MEN
        if chance.happens(0.02):
            return chance.pick(RARE)
        return chance.pick(bank) + (
            chance.pick(RARE) if chance.happens(0.006) else chance.pick(bank)
        )
