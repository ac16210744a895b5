"""The columns of a list of problems, by their headings, as offices in China write them."""

from django.utils.translation import gettext_lazy as _

from liaisons.imports.columns import FIELDS as ENTERPRISE_FIELDS
from liaisons.imports.columns import headings_of

#: field → its label, and the headings it is known by (squeezed); the first heading stands in the
#: template
FIELDS = {
    "name": ENTERPRISE_FIELDS["name"],
    "credit_code": ENTERPRISE_FIELDS["credit_code"],
    "title": (
        _("problem"),
        ("诉求标题", "标题", "诉求名称", "问题标题", "问题", "诉求事项", "诉求", "title"),
    ),
    "description": (
        _("description"),
        (
            "诉求内容",
            "内容",
            "具体诉求",
            "诉求描述",
            "问题描述",
            "反映内容",
            "详细内容",
            "描述",
            "details",
            "description",
        ),
    ),
    "category": (
        _("category"),
        ("类别", "诉求类别", "问题类别", "诉求类型", "问题类型", "分类", "category"),
    ),
    "urgency": (_("urgency"), ("紧急程度", "缓急程度", "缓急", "urgency")),
    "reported_at": (
        _("reported at"),
        (
            "反映时间",
            "反映日期",
            "诉求时间",
            "提出时间",
            "登记时间",
            "登记日期",
            "受理时间",
            "reportedat",
        ),
    ),
    "police": (_("police matter"), ("是否涉警", "涉警", "是否警务", "policematter")),
    "unit": (
        _("handling unit"),
        ("承办单位", "办理单位", "责任单位", "交办单位", "承办部门", "handlingunit"),
    ),
}
KNOWN = headings_of(FIELDS)
