"""The gateway for boxes that speak OCPP 1.6-J: a process of its own, `manage.py ocpp_gateway`, with nothing but rows between it and
the pages. It hears; it starts and stops nothing, and knows no money."""
