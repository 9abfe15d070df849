"""Drawings of the panels that need more than the usual curves, a module for each figure."""
