"""Physics: equations on plain arrays and small frozen things; nothing here knows of the paper."""
