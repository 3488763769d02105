"""Before anything is deployed: whether there is room, nothing in the way, and what is to be used lets us."""

from collections.abc import Iterator

from guard.account import alarms, bucket, filters, group, keys, quotas, topics, trail
from guard.account.account import Account
from guard.account.findings import Finding, judged

CHECK = "free names"
TAKEN = "it is deployed already (then: guard verify, without --before), or import it, or name the stack otherwise"


def names(account: Account) -> Iterator[Finding]:
    """Nothing of ours is there: CreateTrail and CreateLogGroup would fail, PutMetricAlarm would write over it."""
    own = account.settings.names
    found = {f"alarms {own.alarm_prefix}*": ", ".join(sorted(alarms.described(account))[:3])}
    if account.owns_trail:
        taken = [one["TrailARN"] for one in account.trails() if one["Name"] == own.trail]
        found |= {
            f"trail {own.trail}": ", ".join(taken),
            f"log group {own.log_group}": str(group.described(account).get("arn", "")),
        }
    for subject, there in found.items():
        why = "pulumi up fails on it, or writes over it"
        yield judged(CHECK, subject, fine=not there, seen=f"is there: {there}" if there else "free", why=why, fix=TAKEN)


def room(account: Account) -> Iterator[Finding]:
    """The quotas with what is to come."""
    texts = [text for rule in account.settings.rules.rules for text in rule.patterns]
    if not account.owns_trail:
        prefix = account.settings.names.alarm_prefix
        others = {name: one for name, one in filters.described(account).items() if not name.startswith(prefix)}
        texts += [one.get("filterPattern", "") for one in others.values()]
    yield from quotas.of_group(texts)
    found = account.trails()
    coming = int(account.owns_trail and account.settings.names.trail not in [one["Name"] for one in found])
    yield quotas.used("trails of the region", len(found) + coming, quotas.TRAILS)
    yield quotas.copies(account, found, coming)


def used(account: Account) -> Iterator[Finding]:
    """The trail, log group, bucket, key and topic of others that the stack is to use."""
    settings, here = account.settings, account.where
    if not account.owns_trail:
        yield from trail.check(account)
        yield from group.check(account)
    arn = here.arn("cloudtrail", f"trail/{settings.names.trail}")
    if settings.bucket and account.owns_trail:
        yield from bucket.policy(account, str(settings.bucket), {"TrailARN": arn})
    if settings.key and account.owns_trail:
        asked = keys.requests(account, arn, (keys.TRAIL, keys.GROUP))
        yield from keys.usable(account, keys.CHECK, str(settings.key), asked, None)
    if settings.topic:
        arn = str(settings.topic)
        found, publishers = topics.described(account, arn), topics.alarms_of(account)[arn]
        yield from topics.topic(account, "", arn, found, publishers)
        if key := found.get("KmsMasterKeyId"):
            yield from keys.usable(account, topics.CHECK, key, topics.asked(publishers), None)
