"""Pages that are more than panels: explorer, scorecard, tables, front page."""
