"""What is done with a campaign."""

from typing import Any

from crm.writing.rows import create_once, edit_version, require_in_scope, validate
from visits.models import Campaign


def campaign_create(*, uid, payload, values, by) -> tuple[Campaign, bool]:
    """Announce a campaign of one of the units that ``by`` manages.

    Returns ``(campaign, created)``.
    """

    def make(**identity) -> Campaign:
        campaign = Campaign(**values, **identity)
        validate(campaign)
        campaign.save()
        require_in_scope(campaign, by, "change")
        return campaign

    return create_once(Campaign, uid=uid, payload=payload, by=by, make=make)


def campaign_change(*, row, values, version, by) -> Any:
    """Change a campaign's name or days as read in ``version``; returns the fresh row."""
    return edit_version(row, values, version=version, by=by)
