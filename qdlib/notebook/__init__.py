"""The bench of a notebook: controls, plots that follow them, and panels made of both."""
