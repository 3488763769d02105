"""Holds drills: says that one begins, puts the records, and waits for metric, alarm and action."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from guard.account.account import Account
from guard.account.drill import Drill, DrillError
from guard.account.drill_watch import Run, Watch
from guard.errors import Fault
from guard.rules.drill import ADDRESS, ID

STREAM = "guard-drill"
REASON = "drill"
DENIED = {"AuthorizationError", "KMSAccessDenied"}  # of Publish: it is the caller who may not
POLL = 5.0  # seconds
WAVE, PAUSE = 8, 60.0  # drills at once, seconds between: SNS stops mailing whoever gets more than 10 mails a second
TIMEOUT = 600.0  # seconds; no CloudTrail on the way: a metric takes a minute or two, an alarm another


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that pass; the sandbox has its own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


REAL = Clock()


def hold(
    account: Account,
    drills: Sequence[Drill],
    *,
    timeout: float = TIMEOUT,
    clock: Clock = REAL,
    told: Callable[[Sequence[Run]], object] = lambda _: None,
) -> list[Run]:
    """Announce, begin and wait, up to `timeout` seconds after the last began; `told` hears after each look.
    Raises DrillError where AWS refuses.
    """
    runs = [Run(drill) for drill in drills]
    try:
        watch = Watch(account, runs, timeout)
        announce(account, drills)
        for first in range(0, len(runs), WAVE):
            for run in runs[first : first + WAVE]:
                begin(account, run.drill)
                run.began = clock.now()
            _wait(watch, clock, PAUSE if first + WAVE < len(runs) else timeout, told)
    except (ClientError, BotoCoreError) as error:
        fix = "look at the rights (guard policy drill), then at guard verify"
        raise DrillError([Fault(account.settings.component, str(error), fix)]) from None
    return runs


def _wait(watch: Watch, clock: Clock, seconds: float, told: Callable[[Sequence[Run]], object]) -> None:
    """Until all that began has come, or so many seconds."""
    until = clock.now() + seconds
    while True:
        watch.look(clock.now())
        told(watch.runs)
        if not any(run.missing for run in watch.runs if run.began is not None) or clock.now() >= until:
            return
        clock.sleep(POLL)


def announce(account: Account, drills: Sequence[Drill]) -> None:
    """Tell everybody who will hear of an alarm that it is a drill. Raises DrillError, ClientError."""
    caller = account.client("sts").get_caller_identity()["Arn"]
    for topic in sorted({topic for drill in drills for topic in drill.topics}):
        names = [name for drill in drills if topic in drill.topics for name in (drill.alarm, *drill.echoes)]
        try:
            account.client("sns").publish(
                TopicArn=topic,
                Subject=f"Drill: {account.settings.component} rings soon"[:100],
                Message=_announcement(list(dict.fromkeys(names)), caller, by_hand=not drills[0].records),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in DENIED:
                raise
            fix = "nobody hears this topic's alarms: guard verify, and deploy the stack again; nothing was put"
            raise DrillError([Fault(topic, str(error), fix)]) from None


def _announcement(names: Sequence[str], caller: str, *, by_hand: bool) -> str:
    marks = (
        f'The state of the alarms is set by hand, with the reason "{REASON}".'
        if by_hand
        else f"The eventID of each record that rings them begins with {ID}; its source address is {ADDRESS}."
    )
    return (
        "A drill begins. Within some minutes these alarms ring, and nothing has happened:\n\n"
        + "".join(f"  {name}\n" for name in names)
        + f"\n{marks} What is otherwise is no drill.\nBegun by {caller}.\n"
    )


def begin(account: Account, drill: Drill) -> None:
    """Put the records, or set the alarm's state. Raises DrillError, ClientError."""
    if not drill.records:
        account.client("cloudwatch").set_alarm_state(AlarmName=drill.alarm, StateValue="ALARM", StateReason=REASON)
        return
    logs, group = account.client("logs"), account.group()
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=group, logStreamName=STREAM)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": text} for text in drill.records]
    answer = logs.put_log_events(logGroupName=group, logStreamName=STREAM, logEvents=events)
    if answer.get("rejectedLogEventsInfo"):
        fix = "look at this machine's clock, and at the log group's retention"
        raise DrillError([Fault(group, f"rejected the record: {answer['rejectedLogEventsInfo']}", fix)])
