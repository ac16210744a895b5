"""Recognising the columns by their headings, as offices in China write them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from crm.text.words import squeeze
from liaisons.imports.sheets import letters

#: field → its label, and the headings it is known by (squeezed)
FIELDS = {
    "name": (
        _("name"),
        (
            "企业名称",
            "单位名称",
            "公司名称",
            "企业全称",
            "单位全称",
            "公司全称",
            "市场主体名称",
            "纳税人名称",
            "名称",
            "企业",
            "name",
            "companyname",
        ),
    ),
    "credit_code": (
        _("credit code"),
        (
            "统一社会信用代码",
            "社会信用代码",
            "信用代码",
            "统一信用代码",
            "统一代码",
            "税号",
            "纳税人识别号",
            "creditcode",
            "uscc",
        ),
    ),
    "division": (
        _("Division"),
        (
            "行政区划代码",
            "行政区划",
            "区划代码",
            "所属区县",
            "所在区县",
            "区县",
            "县市区",
            "所属区域",
            "division",
        ),
    ),
    "address": (
        _("address"),
        (
            "住所",
            "地址",
            "企业地址",
            "注册地址",
            "经营地址",
            "生产经营地址",
            "住址",
            "详细地址",
            "address",
        ),
    ),
    "founded_on": (
        _("founded on"),
        ("成立日期", "成立时间", "注册日期", "开业日期", "登记日期", "foundedon"),
    ),
    "capital": (
        _("registered capital"),
        ("注册资本", "注册资金", "注册资本万元", "注册资本金", "capital"),
    ),
    "status": (_("status"), ("登记状态", "经营状态", "企业状态", "状态", "存续状态", "status")),
    "industry": (
        _("industry"),
        ("行业代码", "行业", "所属行业", "行业门类", "国民经济行业", "industry"),
    ),
    "employees": (
        _("employees"),
        ("从业人数", "员工人数", "职工人数", "人数", "从业人员", "employees"),
    ),
    "unit": (
        _("responsible unit"),
        ("所属派出所", "责任单位", "辖区派出所", "派出所", "管辖单位", "责任派出所", "unit"),
    ),
    "above_scale": (
        _("above designated size"),
        ("是否规上", "规上企业", "规模以上", "是否规上企业"),
    ),
}


def headings_of(fields) -> dict:
    """heading → field of a table such as FIELDS."""
    return {heading: field for field, (_label, headings) in fields.items() for heading in headings}


_KNOWN = headings_of(FIELDS)
#: Rows at the top that may hold titles before the headings come.
TITLE_ROWS = 20


def recognise(rows, known=_KNOWN) -> tuple[int, dict]:
    """``(heading_row, columns)``: the row (from 0) that holds the headings, and field → column
    (from 0).

    The row that names the most fields is taken; a heading merged over two rows is read from the row
    above. Without a name or a code recognised ``columns`` may be empty: then a person maps them.
    ``known`` is heading → field.
    """
    best, found = 0, {}
    for number in range(min(len(rows), TITLE_ROWS)):
        columns = _named(rows, number, known)
        if len(columns) > len(found):
            best, found = number, columns
    return best, found


def _named(rows: list[list], number: int, known: Mapping[str, str]) -> dict[str, int]:
    """Field → column of the headings in a row; of two for one field the first."""
    columns = {}
    for column, value in enumerate(rows[number]):
        text = squeeze(str(value or ""))
        if not text and number:
            text = squeeze(str(rows[number - 1][column] or ""))
        field = known.get(text)
        if field and field not in columns:
            columns[field] = column
    return columns


def left_out(rows, heading_row, columns) -> list[str]:
    """The headings of the columns that nothing is read from."""
    used = set(columns.values())
    heads = (
        (column, " ".join(str(head or "").split())) for column, head in enumerate(rows[heading_row])
    )
    return [head[:60] for column, head in heads if head and column not in used]


def cell_name(column, number) -> str:
    """The address of a cell: column from 0, row as the spreadsheet counts."""
    return f"{letters(column)}{number}"
