"""What a summary says of a visit: plain values for the templates, in Chinese as a formal document
is.
"""

import base64
import re
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crm.writing.rows import payload_hash
from visits.models import Problem
from visits.models.summaries import number_for

#: Grows when the documents' look changes so that a file made before is made anew.
LAYOUT = 1
#: Light modules around a QR code.
QUIET = 2
DIGITS = "零一二三四五六七八九"


def single(visit, job) -> dict[str, Any]:
    """The context of templates/pdf/summary.html."""
    return {"visit": visit_facts(visit), **identity(job)}


def single_words(visit) -> dict[str, str]:
    """Heading and subject of one visit's own summary."""
    return {
        "heading": "服务走访纪要",
        "subject": f"{visit.enterprise.name}（{chinese_day(visit.held_on)}）",
    }


def content_hash(visit) -> str:
    """A hash (hex) of all that a single summary says of a visit: whose has the same says the same."""
    photos = [photo.sha256 for photo in visit.sets["photos"]]
    return payload_hash(
        {
            "visit": visit.uid,
            "version": visit.facts_version,
            "photos": photos,
            "layout": LAYOUT,
            **_words(visit),
        }
    )


def identity(job) -> dict[str, Any]:
    """What identifies a document.

    The day is that of the order, so that a second run gives the same bytes.
    """
    unit, number = job.owner.unit, number_for(job.uid)
    return {
        "heading": job.params["heading"],
        "subject": job.params["subject"],
        "number": number,
        "qr": qr_code(number),
        "door": settings.PUBLIC_BASE_URL + reverse("verify"),
        "made": chinese_day(timezone.localtime(job.created_at)),
        "author": unit.name if unit else "",
    }


def bundle_front(job, lines) -> dict[str, Any]:
    """The context of templates/pdf/bundle_front.html.

    ``lines`` are the index: facts of each visit with its page.
    """
    problems = [problem for line in lines for problem in line["problems"]]
    ended = sum(problem["ended"] != "" for problem in problems)
    rows = [
        ("收录走访", f"{len(lines)}次（{_counted([line['kind'] for line in lines])}）"),
        ("走访企业", f"{len({line['enterprise_id'] for line in lines})}家"),
        ("走访人员", f"{len({line['officer_id'] for line in lines})}人"),
        ("企业诉求", f"{len(problems)}件，其中已办结{ended}件" if problems else "无"),
        ("起止日期", f"{chinese_day(job.params['from'])}至{chinese_day(job.params['to'])}"),
    ]
    return {"rows": rows, "lines": lines, **identity(job)}


def visit_facts(visit, anchor="") -> dict[str, Any]:
    """The values of one visit for templates/pdf/visit.html; ``anchor`` is its place in a bundle."""
    return {**_words(visit), "anchor": anchor, "photo_rows": _photo_rows(visit.sets["photos"])}


def _words(visit) -> Any:
    """What a summary says of the visit in words.

    Worked out once, for the document and for the hash of its content.
    """
    if not hasattr(visit, "words"):
        visit.words = _worded(visit)
    return visit.words


def _worded(visit) -> dict[str, Any]:
    return {
        "enterprise": visit.enterprise.name,
        "enterprise_id": visit.enterprise_id,
        "officer": visit.officer.name,
        "officer_id": visit.officer_id,
        "day": chinese_day(visit.held_on),
        "kind": visit.get_kind_display(),
        "rows": [(label, value) for label, value in _rows(visit) if value not in ("", None)],
        "paragraphs": _paragraphs(visit.notes),
        "problems": [
            _problem(problem, position)
            for position, problem in enumerate(visit.sets["problems"], start=1)
        ],
        "withdrawn": visit.withdrawn_reason if visit.withdrawn_at else "",
    }


def _rows(visit) -> list:
    """The table of facts. Of an interviewee: name and role, never the telephone."""
    began, ended = (
        timezone.localtime(visit.started_at),
        visit.ended_at and timezone.localtime(visit.ended_at),
    )
    same_day = ended and ended.date() == began.date()
    until = (
        f"至{ended:%H:%M}" if same_day else f"至{chinese_day(ended)} {ended:%H:%M}" if ended else ""
    )
    contact = visit.contact
    return [
        ("企业名称", visit.enterprise.name),
        ("统一社会信用代码", visit.enterprise.credit_code or "—"),
        ("走访时间", f"{chinese_day(began)} {began:%H:%M}{until}"),
        ("走访方式", visit.get_kind_display()),
        ("走访单位", visit.unit.name),
        ("走访人员", f"{visit.officer.name}（警号{visit.officer.police_number}）"),
        ("同行人员", "、".join(visit.sets["companions"])),
        (
            "受访人员",
            f"{contact.name}（{contact.job_title}）"
            if contact and contact.job_title
            else contact.name
            if contact
            else "",
        ),
        ("重点工程", visit.project.name if visit.project else ""),
        ("专项行动", visit.campaign.name if visit.campaign else ""),
        ("走访内容", "、".join(visit.sets["topics"])),
        ("服务事项", "、".join(visit.sets["services"])),
        ("下次联系", chinese_day(visit.next_contact_on) if visit.next_contact_on else ""),
        ("行政行为码", visit.outside_code),
    ]


def _problem(problem, position) -> dict[str, Any]:
    return {
        "number": chinese_number(position),
        "title": problem.title,
        "paragraphs": _paragraphs(problem.description),
        "category": problem.category__name or "未分类",
        "urgency": str(Problem.Urgency(problem.urgency).label),
        "reported": chinese_day(problem.reported_on),
        "state": str(Problem.State(problem.state).label),
        "due": chinese_day(problem.due_on),
        "ended": chinese_day(problem.ended_on)
        if problem.state in Problem.State.ENDED and problem.ended_on
        else "",
    }


def _paragraphs(text) -> list:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _photo_rows(photos) -> list[list[dict[str, Any]]]:
    """The photos that can be read, in rows of two."""
    pictures = [picture for picture in map(_picture, photos) if picture]
    numbered = [
        {"number": number, "picture": picture} for number, picture in enumerate(pictures, start=1)
    ]
    return [numbered[start : start + 2] for start in range(0, len(numbered), 2)]


def _picture(photo) -> str:
    """A photo as a data: address, no larger than it is printed; empty when its file is gone."""
    path = Path(settings.MEDIA_ROOT) / (photo.print_copy or photo.file)
    return (
        f"data:image/jpeg;base64,{base64.b64encode(path.read_bytes()).decode()}"
        if path.is_file()
        else ""
    )


def qr_code(number) -> str:
    """The address that verifies ``number`` as a QR code, drawn as a data: address.

    Every mask makes a valid code; trying all eight for the evenest takes longer than all else that
    is computed here.
    """
    rows = segno.make_qr(verification_address(number), error="m", mask=3).matrix
    side = len(rows) + 2 * QUIET
    # Each row's dark runs are strokes as high as the row: "m" moves on by the light ones, "h"
    # draws.
    path = "".join(f"M{QUIET} {y}.5{_strokes(row)}" for y, row in enumerate(rows, start=QUIET))
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"><path stroke="#000" d="{path}"/></svg>'
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"


def _strokes(row) -> str:
    return "".join(
        f"h{len(run)}" if run[0] == "\1" else f"m{len(run)} 0"
        for run in re.findall("\1+|\0+", row.decode("ascii"))
    )


def verification_address(number) -> Any:
    """What the QR code holds: the public page that says whether the document is genuine."""
    return settings.PUBLIC_BASE_URL + reverse("verify_number", args=[number])


def chinese_day(day) -> str:
    """A date (or its ISO form) as a document writes it: 2026年1月5日."""
    if isinstance(day, str):
        year, month, day_of_month = day.split("-")
        return f"{year}年{int(month)}月{int(day_of_month)}日"
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number) -> Any:
    """1 to 99 as a document numbers its headings: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    return (
        (DIGITS[tens] if tens > 1 else "")
        + ("十" if tens else "")
        + (DIGITS[ones] if ones or not tens else "")
    )


def _counted(values) -> str:
    return "、".join(f"{value}{values.count(value)}次" for value in dict.fromkeys(values))
