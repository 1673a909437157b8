from community_portal.matters.notices import while_in
from community_portal.outbox.kinds import Kind, register_kinds
from tests.toy_service.workflow import State

register_kinds(
    Kind("loan_asked", "助行器申请", "【%(hall)s】您的申请已登记，编号 %(number)s。"),
    Kind("loan_ready", "助行器好了", "【%(hall)s】%(number)s 做好了，我们约时间送来。", while_in(State.READY)),
)
