"""Addresses of sockets, boxes, faults and patrols."""

from django.urls import path

from charging.views import inventory, near, operator, patrols, port

OF_PORTS = [
    path("charging/", near.charging_near, name="charging_near"),
    path("charging/map.json", near.charging_map, name="charging_map"),
    path("c/<str:code>/", port.charge_port, name="charge_port"),
    path("c/<str:code>/tried/", port.confirm_port, name="confirm_port"),
    path("charging/operator/", operator.charging_operator, name="charging_operator"),
    path("charging/operator/import/", operator.import_statuses, name="import_statuses"),
    path("charging/ports/", inventory.charge_ports, name="charge_ports"),
    path("charging/ports/labels/", inventory.port_labels, name="port_labels"),
    path("charging/ports/<str:code>/", inventory.charge_point, name="charge_point"),
    path("charging/ports/<str:code>/price/", inventory.set_price, name="set_price"),
    path("charging/ports/<str:code>/key/", inventory.point_key, name="point_key"),
    path("charging/ports/<str:code>/<int:number>/remove/", inventory.take_down_port, name="take_down_port"),
    path("charging/patrols/", patrols.patrol_sheet, name="patrol_sheet"),
    path("charging/patrols/<int:pk>/", patrols.record_patrol, name="record_patrol"),
    path("charging/places/<str:number>/points/", inventory.add_point, name="add_point"),
    # A fault is of nobody: it stands on no resident's file, and nobody takes a slip of it home.
    *(
        one
        for one in operator.PAGES.below("charging/faults/")
        if one.name not in ("resident_port_faults", "port_fault_slip")
    ),
]
