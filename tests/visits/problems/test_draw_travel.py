"""The page about how problems travel is what the table says."""

from visits.management.commands.draw_travel import TARGET, drawn


def test_the_drawn_way_is_the_tables():
    assert TARGET.read_text(encoding="utf-8") == drawn(), "run: python manage.py draw_travel"
