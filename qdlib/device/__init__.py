"""A device: a stack with dots and their ligands, the experiments on it, and what they gave."""
