"""What an alarm's mail says: the rule's text, its saved query, and the link that opens it."""

from urllib.parse import quote

from guard import rules as rule_room
from guard.names import Where
from guard.rules import describe
from guard.rules.model import Rule

HOURS = 3
CONSOLES = {
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}


# CloudWatch's mail names the account of the alarm, which is not the one where it happened.
ACCOUNT = "Account: any of the organization; in the query, where_from begins with it, and whose is the caller's."


def text(rule: Rule, query: str, where: Where, log_group: str, query_id: str, *, organization: bool) -> str:
    """An alarm's description, at most 1,024 bytes; the link goes first where it does not fit."""
    happened = rule_room.description(rule) + (f"\n{ACCOUNT}" if organization else "")
    named = f"{happened}\nQuery: {query}"
    linked = f"{named}\n{link(where, log_group, query_id)}"
    for candidate in (linked, named):
        if describe.size(candidate) <= describe.MAX_DESCRIPTION:
            return candidate
    return describe.cut(happened)


def link(where: Where, log_group: str, query_id: str) -> str:
    """The address that opens a saved query over the last hours in the partition's console."""
    console = CONSOLES.get(where.partition, "console.aws.amazon.com")
    group = quote(log_group, safe="").replace("%", "*").lower()
    detail = f"~(end~0~start~-{HOURS * 3600}~timeType~'RELATIVE~unit~'seconds~queryId~'{query_id}~source~(~'{group}))"
    page = f"https://{where.region}.{console}/cloudwatch/home?region={where.region}"
    return f"{page}#logsV2:logs-insights$3FqueryDetail$3D{detail}"
