"""How the AWS provider wants an ARN, in patterns; one that is written otherwise it refuses.

hashicorp/terraform-provider-aws, internal/verify/validate.go
"""

import re
from collections.abc import Iterator

from guard.errors import Fault

PARTITION = "aws(-[a-z]+)*"
REGION = "[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}"
ACCOUNT = "[0-9]{12}"
RESOURCE = "[!-~]+"


def arn(service: str, resource: str = RESOURCE, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """The pattern of the ARNs of one kind of thing."""
    return f"arn:{PARTITION}:{service}:{region}:{account}:{resource}"


ANY = arn("[a-z0-9-]+", region=f"({REGION})?", account=f"({ACCOUNT})?")
# Lambda gives no right on `$LATEST`: name a version, an alias, or the function alone.
FUNCTION = arn("lambda", "function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]+)?")
ACTION = f"(?!arn:[^:]*:lambda:){ANY}|{FUNCTION}"


def check_region(place: str, region: str) -> Iterator[Fault]:
    """A fault where a text is no region's name."""
    if not re.fullmatch(REGION, region):
        yield Fault(place, f"'{region}' is no region", "write one such as eu-west-1")
