from django import forms

from community_portal.matters.columns import Column, MatterList, equals
from community_portal.matters.deeds import standard
from community_portal.matters.forms.steps import StepForm
from community_portal.matters.kinds import Deed, MatterKind, register_matters
from community_portal.people.models import Organisation
from tests.toy_service import actions
from tests.toy_service.models import Aid, Loan


class OrderForm(StepForm):
    workshop = forms.ModelChoiceField(Organisation.objects.filter(kind="contractor"), label="哪家工坊")


register_matters(
    MatterKind(
        model=Loan,
        my_url="my_loan",
        personal=("wish", "items__why"),
        deeds=(
            Deed("check"),
            Deed("order", actions.order, OrderForm, ("workshop",)),
            Deed("finish"),
            Deed("bring", actions.bring),
            *standard("assign", "hand_over", "plan_visit", "call_off_visit", "reopen"),
        ),
        listed=MatterList(
            title="助行器借用",
            url_name="loans",
            columns=(Column("助行器", ("aid",), lambda aid: Aid(aid).label),),
            filters=(equals("aid", label="助行器", choices=lambda places: Aid.choices),),
            order=("state", "aid", "grid"),
        ),
    )
)
