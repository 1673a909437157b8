"""Who may sign in to the demonstration, and the organisations that are no part of a street. People are invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StaffPlan:
    """``place`` is a street or community code, ``LT/3`` a grid, or the name of an organisation."""

    username: str
    name: str
    role: str
    place: str


@dataclass(frozen=True)
class OrganisationPlan:
    """``kind`` is the role of its members, or a body without accounts; ``street`` the one that it has to do with."""

    name: str
    kind: str
    phone: str
    street: str


# The accounts of the contract; every other officer is made from names.py.
STAFF = (
    StaffPlan("reception", "李玲", "receptionist", "LT"),
    StaffPlan("grid", "周敏", "grid_officer", "LT/3"),
    StaffPlan("manager", "顾红梅", "manager", "LT"),
    StaffPlan("eldercare", "施建新", "eldercare", "XH"),
    StaffPlan("charging", "蔡伟民", "charging", "FM"),
    StaffPlan("safety", "季小军", "safety", "XF"),
    StaffPlan("safety-ca", "薛军", "safety", "CA"),
    StaffPlan("safety-hq", "龚丽", "safety", "HQ"),
    StaffPlan("street", "严丽华", "street_officer", "ZX"),
    StaffPlan("street-xh", "孟志远", "street_officer", "XH"),
    StaffPlan("street-zh", "熊海燕", "street_officer", "ZH"),
    StaffPlan("contractor", "安居适老工程", "contractor", "安居适老工程"),
    StaffPlan("agency", "康乐居家养老", "care_agency", "康乐居家养老"),
    StaffPlan("assessor", "马静", "assessor", "安泰能力评估"),
    StaffPlan("property", "高磊", "property", "公园里物业"),
    StaffPlan("operator", "田宇航", "operator", "通畅充电"),
    StaffPlan("dutydesk", "邵敏", "duty_desk", "一键呼叫值守中心"),
)
ORGANISATIONS = (
    OrganisationPlan("安居适老工程", "contractor", "0513-80003101", "XH"),
    OrganisationPlan("康乐居家养老", "care_agency", "0513-80003102", "XH"),
    OrganisationPlan("安泰能力评估", "assessor", "0513-80003103", "XH"),
    OrganisationPlan("一键呼叫值守中心", "duty_desk", "0513-80003104", "XH"),
    OrganisationPlan("公园里物业", "property", "0513-80005105", "TZ"),
    OrganisationPlan("通畅充电", "operator", "0513-80004106", "ZH"),
    OrganisationPlan("唐闸消防救援站", "fire", "0513-80005119", "TZ"),
    OrganisationPlan("长岸派出所", "police", "0513-80005110", "TZ"),
    OrganisationPlan("中兴燃气服务站", "utility", "0513-80004107", "ZH"),
    OrganisationPlan("上海路银行网点", "company", "0513-80004108", "ZH"),
    OrganisationPlan("花桥幼儿园", "school", "0513-80006121", "XI"),
    OrganisationPlan("南通站派出所", "police", "0513-80006110", "XI"),
)
