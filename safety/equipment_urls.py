"""Addresses of equipment, of its stickers, and of rounds."""

from django.urls import path

from safety.views import equipment, equipment_settings, rounds

OF_EQUIPMENT = [
    path("e/<str:code>/", equipment.scan_equipment, name="scan_equipment"),
    path("safety/equipment/", equipment.equipment_list, name="equipment_list"),
    path("safety/equipment/new/", equipment.add_equipment, name="add_equipment"),
    path("safety/equipment/labels/", equipment.equipment_labels, name="equipment_labels"),
    path("safety/equipment/import/", equipment_settings.import_equipment, name="import_equipment"),
    path("safety/equipment/lists/", equipment_settings.inspection_lists, name="inspection_lists"),
    path(
        "safety/equipment/lists/<str:kind>/", equipment_settings.publish_inspection_list, name="publish_inspection_list"
    ),
    path("safety/equipment/due/<int:pk>/", equipment.equipment_of_due, name="equipment_of_due"),
    path("safety/equipment/<str:code>/", equipment.equipment, name="equipment"),
    path("safety/equipment/<str:code>/edit/", equipment.edit_equipment, name="edit_equipment"),
    path("safety/equipment/<str:code>/move/", equipment.move_equipment, name="move_equipment"),
    path("safety/equipment/<str:code>/sent/", equipment.send_equipment, name="send_equipment"),
    path("safety/equipment/<str:code>/serviced/", equipment.service_equipment, name="service_equipment"),
    path("safety/equipment/<str:code>/found/", equipment.find_equipment, name="find_equipment"),
    path("safety/equipment/<str:code>/scrap/", equipment.scrap_equipment, name="scrap_equipment"),
    path("safety/rounds/", rounds.inspection_rounds, name="inspection_rounds"),
    path("safety/rounds/new/", rounds.start_round, name="new_inspection_round"),
    path("safety/rounds/<int:pk>/round/", rounds.inspection_round, name="inspection_round"),
    path("safety/rounds/<int:pk>/end/", rounds.end_round, name="end_round"),
    path("safety/rounds/<int:pk>/report/", rounds.round_report, name="round_report"),
    path("safety/rounds/<int:pk>/<str:code>/look/", rounds.round_look, name="round_look"),
]
