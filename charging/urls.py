from charging.views import sites, wires

urlpatterns = [
    *wires.PAGES.below("charging/wires/"),
    *sites.PAGES.below("charging/places/"),
]
