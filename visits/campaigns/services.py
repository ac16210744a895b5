"""What is done with a campaign."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm.models import User
from crm.writing.rows import create_once, edit_version, require_in_scope, validate
from visits.models import Campaign


def campaign_create(
    *, uid: UUID, payload: object, values: Mapping[str, Any], by: User
) -> tuple[Campaign, bool]:
    """Announce a campaign of one of the units that ``by`` manages.

    Returns ``(campaign, created)``.
    """

    def make(**identity: Any) -> Campaign:
        campaign = Campaign(**values, **identity)
        validate(campaign)
        campaign.save()
        require_in_scope(campaign, by, "change")
        return campaign

    return create_once(Campaign, uid=uid, payload=payload, by=by, make=make)


def campaign_change(
    *, row: Campaign, values: Mapping[str, Any], version: int, by: User
) -> Campaign:
    """Change a campaign's name or days as read in ``version``; returns the fresh row."""
    return edit_version(row, values, version=version, by=by)
