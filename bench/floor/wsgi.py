"""One statement by psycopg on a kept connection, ``json.dumps``, and that is all."""

import json
import os
import threading

import psycopg

COLUMNS = """
    v.uid, v.version, e.uid, e.name, p.uid, p.name, o.uid, o.name, o.police_number, u.code, u.name, v.kind, v.started_at,
    v.ended_at, v.held_on, c.uid, c.name, k.uid, v.next_contact_on, v.problem_count, v.withdrawn_at, v.created_at, v.updated_at
"""
LIST = f"""
    SELECT {COLUMNS} FROM visits_visit v
    JOIN liaisons_enterprise e ON e.id = v.enterprise_id
    JOIN liaisons_officer o ON o.user_id = v.officer_id
    JOIN crm_unit u ON u.id = v.unit_id
    LEFT JOIN liaisons_keyproject p ON p.id = v.project_id
    LEFT JOIN visits_campaign c ON c.id = v.campaign_id
    LEFT JOIN liaisons_contact k ON k.id = v.contact_id
    WHERE v.withdrawn_at IS NULL
    ORDER BY v.held_on DESC, v.id DESC LIMIT 50
"""  # noqa: S608
kept = threading.local()


def connection():
    if not hasattr(kept, "connection"):
        kept.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return kept.connection


def plain(row):
    (
        uid,
        version,
        e_uid,
        e_name,
        p_uid,
        p_name,
        o_uid,
        o_name,
        o_number,
        u_code,
        u_name,
        kind,
        started,
        ended,
        held,
        c_uid,
        c_name,
        k_uid,
        next_on,
        problems,
        withdrawn,
        created,
        updated,
    ) = row
    return {
        "uid": uid,
        "version": version,
        "enterprise": {"uid": e_uid, "name": e_name},
        "project": {"uid": p_uid, "name": p_name} if p_uid else None,
        "officer": {"uid": o_uid, "name": o_name, "police_number": o_number},
        "unit": {"code": u_code, "name": u_name},
        "kind": kind,
        "started_at": started,
        "ended_at": ended,
        "held_on": held,
        "campaign": {"uid": c_uid, "name": c_name} if c_uid else None,
        "contact": {"uid": k_uid} if k_uid else None,
        "next_contact_on": next_on,
        "problem_count": problems,
        "withdrawn_at": withdrawn,
        "created_at": created,
        "updated_at": updated,
    }


def application(environ, start_response):
    rows = connection().execute(LIST).fetchall()
    body = json.dumps(
        {"results": [plain(row) for row in rows]}, default=str, ensure_ascii=False
    ).encode()
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
