"""What a summary says of a visit: plain values for the template, in Chinese as a formal document is."""

import base64
import io
from pathlib import Path

import segno
from django.conf import settings
from django.utils import timezone
from PIL import Image

from visits.models import Visit

PHOTO_SIDE = 900  # pixels: sharp enough for half a page's width
RELATED = ("enterprise", "officer", "unit", "project", "campaign", "contact")
SETS = ("companions", "topics", "services", "problems__category", "photos")


def with_facts(queryset):
    """The visits with all that a summary shows, in a number of statements that does not grow with them."""
    return queryset.select_related(*RELATED).prefetch_related(*SETS)


def visit_facts(visit, anchor):
    """The values of one visit for templates/pdf/visit.html; ``anchor`` is its place in the document."""
    began, ended = timezone.localtime(visit.started_at), visit.ended_at and timezone.localtime(visit.ended_at)
    contact = visit.contact
    rows = [
        ("企业名称", visit.enterprise.name),
        ("统一社会信用代码", visit.enterprise.credit_code or "—"),
        ("走访时间", f"{began:%Y年%-m月%-d日 %H:%M}" + (f"至{ended:%H:%M}" if ended else "")),
        ("走访方式", visit.get_kind_display()),
        ("走访单位", visit.unit.name),
        ("走访人员", f"{visit.officer.name}（警号{visit.officer.police_number}）"),
        ("同行人员", "、".join(officer.name for officer in visit.companions.all())),
        ("受访人员", f"{contact.name}（{contact.job_title}）" if contact and contact.job_title else contact.name if contact else ""),
        ("重点工程", visit.project.name if visit.project else ""),
        ("专项行动", visit.campaign.name if visit.campaign else ""),
        ("走访内容", "、".join(topic.name for topic in visit.topics.all())),
        ("服务事项", "、".join(service.name for service in visit.services.all())),
        ("下次联系", f"{visit.next_contact_on:%Y年%-m月%-d日}" if visit.next_contact_on else ""),
        ("行政行为码", visit.outside_code),
    ]
    return {
        "anchor": anchor,
        "enterprise": visit.enterprise.name,
        "day": f"{visit.held_on:%Y年%-m月%-d日}",
        "unit": visit.unit.name,
        "officer": visit.officer.name,
        "kind": visit.get_kind_display(),
        "rows": [(label, value) for label, value in rows if value],
        "paragraphs": [line.strip() for line in visit.notes.splitlines() if line.strip()],
        "problems": [_problem(problem) for problem in sorted(visit.problems.all(), key=lambda problem: problem.pk)],
        "photos": [uri for uri in (_picture(photo) for photo in visit.photos.all()) if uri],
        "withdrawn": visit.withdrawn_reason if visit.withdrawn_at else "",
    }


def _problem(problem):
    return {
        "title": problem.title,
        "paragraphs": [line.strip() for line in problem.description.splitlines() if line.strip()],
        "category": problem.category.name if problem.category else "未分类",
        "urgency": problem.get_urgency_display(),
        "state": problem.get_state_display(),
        "due": f"{problem.due_on:%Y年%-m月%-d日}",
        "ended": f"{problem.ended_on:%Y年%-m月%-d日}" if problem.ended_on else "",
    }


def _picture(photo):
    """A photo as a data: address, no larger than it is printed; empty when its file is gone."""
    path = Path(settings.MEDIA_ROOT) / photo.file
    if not path.is_file():
        return ""
    with Image.open(path) as picture:
        picture.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
        picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def qr_code(number):
    """The address that verifies ``number`` as a QR code, drawn as a data: address."""
    return segno.make(verification_address(number), error="m").svg_data_uri(border=2)


def verification_address(number):
    return f"{settings.PUBLIC_BASE_URL}/v/{number}"


def document(summary, visits, *, heading, subject):
    """The context of templates/pdf/summary.html for ``visits`` (already with their facts)."""
    facts = [visit_facts(visit, f"v{position}") for position, visit in enumerate(visits, start=1)]
    return {
        "heading": heading,
        "subject": subject,
        "visits": facts,
        "single": len(facts) == 1,
        "number": summary.number,
        "qr": qr_code(summary.number),
        "address": verification_address(summary.number),
        "made": f"{timezone.localtime():%Y年%-m月%-d日}",
        "author": summary.owner.unit.name if summary.owner.unit else "",
        "total_problems": sum(len(visit["problems"]) for visit in facts),
        "kinds": _counted([visit["kind"] for visit in facts]),
    }


def _counted(values):
    return "、".join(f"{value}{values.count(value)}次" for value in dict.fromkeys(values))


def visits_of(params, user):
    """The visits that an order means, as its owner may see them now: by uid, or of a unit, officer or enterprise."""
    visits = Visit.objects.visible_to(user)
    if params["of"] == "visit":
        return visits.filter(uid=params["target"])
    visits = visits.filter(withdrawn_at__isnull=True, held_on__range=(params["from"], params["to"]))
    if params["of"] == "unit":
        visits = visits.filter(unit__path__startswith=params["path"])
    else:
        visits = visits.filter(**{f"{params['of']}__uid": params["target"]})
    return visits.order_by("held_on", "pk")
