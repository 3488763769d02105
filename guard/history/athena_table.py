"""The definition of Athena's table of CloudTrail logs, as AWS documents it, with partitions projected.

https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from guard.errors import Fault
from guard.history.athena import DAYS, AthenaError, named
from guard.rules.arns import ACCOUNT, check_region

PLACE = re.compile(r"s3://[a-z0-9.-]+(?:/[A-Za-z0-9!_.*()/=-]*)?")
FIRST = "2020/01/01"


def table(name: str, location: str, accounts: Sequence[str], regions: Sequence[str], since: datetime | None) -> str:
    """The statement that makes it, its partitions projected by account, region and day. Raises AthenaError."""
    root = location.rstrip("/")
    faults = [*_faults(root, accounts, regions)]
    if faults:
        raise AthenaError(faults)
    first = f"{since:{DAYS}}" if since else FIRST
    return DDL.format(
        name=named(name).replace('"', "`"),
        root=root,
        accounts=",".join(accounts),
        regions=",".join(regions),
        first=first,
    )


def _faults(root: str, accounts: Sequence[str], regions: Sequence[str]) -> Iterator[Fault]:
    if not PLACE.fullmatch(root):
        what = f"'{root}' is no place of logs" if root else "the logs' place is missing"
        yield Fault("--print-ddl", what, "name s3://BUCKET/AWSLogs or s3://BUCKET/AWSLogs/o-ID as LOGS")
    if not accounts:
        yield Fault("--account", "is missing", "name each account whose logs are there")
    for account in accounts:
        if not re.fullmatch(ACCOUNT, account):
            yield Fault("--account", f"'{account}' is no account", "write its 12 digits")
    for region in regions:
        yield from check_region("--region", region)


DDL = """CREATE EXTERNAL TABLE {name} (
  eventversion STRING,
  useridentity STRUCT<
    type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING, accesskeyid: STRING,
    username: STRING,
    onbehalfof: STRUCT<userid: STRING, identitystorearn: STRING>,
    sessioncontext: STRUCT<
      attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
      sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
      ec2roledelivery: STRING,
      webidfederationdata: STRUCT<federatedprovider: STRING, attributes: MAP<STRING, STRING>>>>,
  eventtime STRING,
  eventsource STRING,
  eventname STRING,
  awsregion STRING,
  sourceipaddress STRING,
  useragent STRING,
  errorcode STRING,
  errormessage STRING,
  requestparameters STRING,
  responseelements STRING,
  additionaleventdata STRING,
  requestid STRING,
  eventid STRING,
  readonly STRING,
  resources ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>,
  eventtype STRING,
  apiversion STRING,
  recipientaccountid STRING,
  serviceeventdetails STRING,
  sharedeventid STRING,
  vpcendpointid STRING,
  vpcendpointaccountid STRING,
  eventcategory STRING,
  addendum STRUCT<reason: STRING, updatedfields: STRING, originalrequestid: STRING, originaleventid: STRING>,
  sessioncredentialfromconsole STRING,
  edgedevicedetails STRING,
  tlsdetails STRUCT<tlsversion: STRING, ciphersuite: STRING, clientprovidedhostheader: STRING>
)
PARTITIONED BY (account STRING, region STRING, day STRING)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION '{root}/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.account.type' = 'enum',
  'projection.account.values' = '{accounts}',
  'projection.region.type' = 'enum',
  'projection.region.values' = '{regions}',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'projection.day.range' = '{first},NOW',
  'storage.location.template' = '{root}/${{account}}/CloudTrail/${{region}}/${{day}}'
)"""
