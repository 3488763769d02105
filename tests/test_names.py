"""Names that AWS gives: which partition a region is in."""

import boto3
import pytest

from guard.names import partition

SESSION = boto3.session.Session()
REGIONS = {
    region: name
    for name in SESSION.get_available_partitions()
    for region in SESSION.get_available_regions("cloudtrail", name)
}


@pytest.mark.parametrize("region", REGIONS)
def test_the_partition_of_a_region(region: str) -> None:
    """Of every region that botocore knows, and of one that is not there yet."""
    assert partition(region) == REGIONS[region]


def test_a_region_of_no_known_partition() -> None:
    """Is in `aws`, as `*` is, which stands for any."""
    assert (partition("eu-north-9"), partition("*")) == ("aws", "aws")
