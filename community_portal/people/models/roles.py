"""What somebody may be at a place, and the sets of roles that pages and rules name."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is at a place or in an organisation."""

    RECEPTIONIST = "receptionist", _("接待员")
    GRID_OFFICER = "grid_officer", _("网格员")
    ELDERCARE = "eldercare", _("养老专员")
    CHARGING = "charging", _("充电专员")
    SAFETY = "safety", _("安全专员")
    MANAGER = "manager", _("社区书记")
    STREET_OFFICER = "street_officer", _("街道干部")
    ASSESSOR = "assessor", _("评估机构")
    CONTRACTOR = "contractor", _("施工单位")
    CARE_AGENCY = "care_agency", _("养老服务机构")
    PROPERTY = "property", _("物业公司")
    OPERATOR = "operator", _("充电运营商")
    DUTY_DESK = "duty_desk", _("呼叫值守")


COMMUNITY_STAFF = frozenset({Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER})


SPECIALISTS = frozenset({Role.ELDERCARE, Role.CHARGING, Role.SAFETY})


THIRD_PARTIES = frozenset(
    {Role.ASSESSOR, Role.CONTRACTOR, Role.CARE_AGENCY, Role.PROPERTY, Role.OPERATOR, Role.DUTY_DESK}
)


HOUSE_STAFF = COMMUNITY_STAFF | SPECIALISTS  # who works in the house and takes in what residents bring


STAFF = HOUSE_STAFF | {Role.STREET_OFFICER}


RUNS = (Role.MANAGER, Role.STREET_OFFICER)  # a house: its hours, its plan, its people


# Health, hardship and "lives alone" together with an address invite burglary and fraud: only those who visit or decide see them.
SEES_SENSITIVE = frozenset({Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE, Role.STREET_OFFICER})


class Body(models.TextChoices):
    """Who takes part without signing in: asked, invited, visited, and written down by name."""

    POLICE = "police", _("公安")
    FIRE = "fire", _("消防")
    UTILITY = "utility", _("水电气单位")
    SCHOOL = "school", _("学校、幼儿园")
    HOSPITAL = "hospital", _("医院")
    COMPANY = "company", _("企业")
    ASSOCIATION = "association", _("社会组织")
