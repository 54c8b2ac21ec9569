"""The presenters' drawings (Python, for `bake_faces.py` alone) and what was baked from them."""
