"""Who may sign in to the demonstration, and the organisations that are no part of the street. People are invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StaffPlan:
    """``place`` is a street or community code, ``LT/3`` a grid, or the name of an organisation."""

    username: str
    name: str
    role: str
    place: str


# The accounts of the contract; every other officer is made from names.py.
STAFF = (
    StaffPlan("reception", "李玲", "receptionist", "LT"),
    StaffPlan("grid", "周敏", "grid_officer", "LT/3"),
    StaffPlan("manager", "顾红梅", "manager", "LT"),
    StaffPlan("eldercare", "施建新", "eldercare", "XH"),
    StaffPlan("charging", "蔡伟民", "charging", "FM"),
    StaffPlan("safety", "季小军", "safety", "XF"),
    StaffPlan("street", "严丽华", "street_officer", "ZX"),
    StaffPlan("contractor", "安居适老工程", "contractor", "安居适老工程"),
    StaffPlan("agency", "康乐居家养老", "care_agency", "康乐居家养老"),
)
ORGANISATIONS = (("安居适老工程", "contractor"), ("康乐居家养老", "care_agency"))
