from community_portal.matters.api import viewset_of
from tests.toy_service.models import Loan

LoanViewSet = viewset_of(Loan, "aid")
