"""Physical names, derived from the component's name and a rule's id, and the ARNs made of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ROLE_PREFIX = "CloudTrail_CloudWatchLogs_"  # IAM's names are the account's, not the region's


@dataclass(frozen=True, slots=True)
class Names:
    """The names of what one AccountGuard deploys. `/` ends the component's part, so that no instance's
    alarms look like another's whose name begins alike.
    """

    component: str
    trail_name: str = ""

    @property
    def trail(self) -> str:
        """The trail's name; fixed before anything is made, so that policies can hold its ARN."""
        return self.trail_name or self.component

    @property
    def log_group(self) -> str:
        """The log group the trail writes to and the filters read."""
        return f"/{self.component}/cloudtrail"

    @property
    def namespace(self) -> str:
        """The namespace of the rules' metrics; the metric's name is the rule's id."""
        return f"AccountGuard/{self.component}"

    @property
    def alarm_prefix(self) -> str:
        """What every alarm's name begins with, and no other instance's does."""
        return f"{self.component}/"

    def alarm(self, rule_id: str) -> str:
        """The alarm of a rule, or of the watchdog (`watchdog-...`)."""
        return f"{self.alarm_prefix}{rule_id}"

    def filter(self, rule_id: str, index: int = 0) -> str:
        """The rule's metric filter; `index` counts its further filters from 1."""
        return self.alarm(rule_id) + (f"/{index + 1}" if index else "")

    def query(self, rule_id: str) -> str:
        """The rule's saved query: the console shows the component as a folder."""
        return self.alarm(rule_id)

    def topic(self, route: str = "") -> str:
        """The topic of a route: "" for `emails`, a severity, "quiet", or "watchdog"."""
        return f"{self.component}-{route or 'alerts'}"

    @property
    def dashboard(self) -> str:
        """The dashboard."""
        return self.component


def bucket_prefix(name: str) -> str:
    """What a bucket's generated name begins with: S3 takes lower case, and 63 characters in all."""
    return re.sub(r"[^a-z0-9-]", "-", name.lower())[:30] + "-"


def access_logs_prefix(name: str) -> str:
    """The same, of the bucket of the first one's access logs."""
    return bucket_prefix(f"{name[:26]}-acc")


@dataclass(frozen=True, slots=True)
class Where:
    """An account in a region of a partition."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource there."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


# What the regions of a partition begin with; all others are in `aws`. botocore, data/partitions.json
PARTITIONS: Mapping[str, str] = {
    "cn": "aws-cn",
    "us-gov": "aws-us-gov",
    "eusc-de": "aws-eusc",
    "us-iso": "aws-iso",
    "us-isob": "aws-iso-b",
    "eu-isoe": "aws-iso-e",
    "us-isof": "aws-iso-f",
}


def partition(region: str) -> str:
    """The partition of a region."""
    return PARTITIONS.get(region.rsplit("-", 2)[0], "aws")
