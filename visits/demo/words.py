"""What belongs to a visit many times over: topics, services, companions."""

from crm.db.bulk import Table
from liaisons.models import Officer
from visits.demo.chance import Wheel
from visits.demo.notes import AT_LENGTH
from visits.demo.phrases import SERVICES_AWAY
from visits.models import ServiceItem, Topic, Visit

_TOPICS = Wheel(
    (
        ("production", 14),
        ("guarding", 14),
        ("fraud", 18),
        ("labour", 10),
        ("disputes", 8),
        ("contracts", 7),
        ("precursors", 3),
        ("traffic", 8),
        ("network", 4),
        ("brands", 4),
        ("finance", 5),
        ("policy", 9),
        ("papers", 5),
    )
)
_WEIGHTS = (
    ("residence", 10),
    ("exit_entry", 6),
    ("vehicles", 7),
    ("temporary_plates", 3),
    ("seals", 4),
    ("fraud_talk", 8),
    ("fraud_app", 10),
    ("guard_advice", 9),
    ("guard_training", 4),
    ("law_advice", 8),
    ("mediation", 5),
    ("no_record", 5),
    ("precursor_filing", 2),
    ("network_grading", 2),
    ("policy_pack", 9),
    ("traffic_plan", 4),
)
_SERVICES = Wheel(_WEIGHTS)
_SERVICES_AWAY = Wheel([(code, weight) for code, weight in _WEIGHTS if code in SERVICES_AWAY])


class Words:
    """Draws and writes the many-to-many rows of visits."""

    def __init__(self, city) -> None:
        self.tables = [
            Table(getattr(Visit, name).through) for name in ("topics", "services", "companions")
        ]
        self.topics = dict(Topic.objects.values_list("code", "pk"))
        self.services = dict(ServiceItem.objects.values_list("code", "pk"))
        self.colleagues, self.chance = {}, None
        for officer in city.officers:
            if officer.stays:
                # Assistants go along more often than officers do.
                times = 2 if officer.kind == Officer.Kind.ASSISTANT else 1
                self.colleagues.setdefault(officer.unit.key, []).extend([officer] * times)

    def of(self, chance, kind, enterprise) -> tuple[list, list]:
        """``(topics, services)`` of one contact, as codes without repetition."""
        self.chance, drawn = chance, chance.random()
        at_length = kind in AT_LENGTH
        topics = [
            _TOPICS.pick(chance)
            for _one in range((2 if drawn < 0.5 else 1) + (drawn < 0.1 and at_length))
        ]
        if enterprise.project and drawn > 0.6:
            topics[0] = "project"
        offered = _SERVICES if at_length else _SERVICES_AWAY
        services = [offered.pick(chance)] if chance.random() < (0.55 if at_length else 0.25) else []
        if services and drawn < 0.2:
            services.append(offered.pick(chance))
        return list(dict.fromkeys(topics)), list(dict.fromkeys(services))

    def write(self, visit, topics, services, kind, officer, unit) -> None:
        """Write the rows of one visit.

        Somebody of the unit came along to a good third of the calls at the door.
        """
        of_topics, of_services, of_companions = self.tables
        for code in topics:
            of_topics.add(visit_id=visit, topic_id=self.topics[code])
        for code in services:
            of_services.add(visit_id=visit, serviceitem_id=self.services[code])
        if kind in AT_LENGTH and self.chance.random() < 0.4:
            companion = self.chance.pick(self.colleagues.get(unit.key) or [officer])
            if companion is not officer:
                of_companions.add(visit_id=visit, officer_id=companion.key)

    def close(self) -> None:
        for table in self.tables:
            table.close()
