from eldercare.views import adaptations

urlpatterns = [
    *adaptations.PAGES.below("eldercare/adaptations/"),
]
