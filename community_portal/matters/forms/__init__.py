"""What may be typed about any matter: fields.py, the forms of steps, and words beside them."""
