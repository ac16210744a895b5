"""The enterprise's portal: links, answers, reports."""
