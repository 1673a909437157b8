"""Walking aids on loan (助行器借用): an invented service, made by README "How to add a service" and by nothing else.

The floor proves itself on it; tests take it with the fixture ``toy`` (conftest.py).
"""
