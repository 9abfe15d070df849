"""The paper: its samples, set-ups and published numbers, and how the model is judged by them."""
