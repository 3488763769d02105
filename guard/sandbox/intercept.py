"""moto's calls, with what it lacks or fakes put right: a completion answers, or goes round moto's own answer."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from moto.backends import get_backend
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse

from guard.sandbox.world import World

Raw: TypeAlias = tuple[int, dict[str, Any], Any]
Operation: TypeAlias = tuple[str, str]
BAD_REQUEST = 400


class Refused(ServiceException):
    """The error that AWS answers with: its code and a message."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: in which region, with which parameters (as the API names them), and moto's own answer."""

    operation: str
    region: str
    params: Mapping[str, Any]
    backend: Any
    own: Callable[[], Raw]

    def passed(self) -> bool:
        """Whether moto's own answer is no error; it is asked once, here."""
        return self.own()[0] < BAD_REQUEST

    def read(self) -> dict[str, Any]:
        """Moto's own answer, of a service that speaks JSON. Raises Refused with moto's error."""
        status, headers, body = self.own()
        answer: dict[str, Any] = json.loads(body or "{}")
        if status >= BAD_REQUEST:
            code = str(headers.get("x-amzn-errortype") or answer.get("__type", "")).rsplit("#", 1)[-1]
            raise Refused(code, str(answer.get("message", answer.get("Message", ""))))
        return answer


Completion: TypeAlias = Callable[[World, Call], Mapping[str, Any]]


@contextmanager
def completed(table: Mapping[Operation, Completion], world: World) -> Iterator[None]:
    """While this holds, the operations of the table are answered by their completions, one at a time."""
    own = BaseResponse.call_action

    def call_action(response: Any) -> Any:
        operation = (response.service_name, response._get_action())  # noqa: SLF001 - moto has no public way
        with world.lock:
            if operation not in table:
                return own(response)
            return _answer(response, table[operation], world, own)

    BaseResponse.call_action = call_action  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        BaseResponse.call_action = own  # type: ignore[method-assign]


def _answer(response: Any, completion: Completion, world: World, own: Callable[[Any], Raw]) -> Raw:
    response.parse_parameters(response.normalized_request)
    asked: list[Raw] = []

    def once() -> Raw:
        if not asked:
            asked.append(own(response))
        return asked[0]

    backend = get_backend(response.service_name)[response.current_account][response.region]
    call = Call(response._get_action(), response.region, dict(response.params), backend, once)  # noqa: SLF001
    try:
        result: object = completion(world, call)
    except ServiceException as error:
        result = error
    status, headers, body = response.serialized(ActionResult(result))
    headers["status"] = str(status)
    return status, headers, body
