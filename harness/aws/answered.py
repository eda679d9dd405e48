"""boto3's clients with answers of a test instead of AWS: no network, no credentials, and requests
and answers in the form that AWS's service models give."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3.session
from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters

Request = dict[str, Any]
Answer = Mapping[str, Any]
_REQUEST = "answered-request"


class ServiceError(Exception):
    """A code and a message; the client raises a `ClientError` of them."""


@dataclass
class Clock:
    """Stands for the module ``time`` in a module that reads only ``time.time()``."""

    now: float = 1_800_000_000

    def time(self) -> float:
        return self.now


class AnsweredCalls:
    """Calls of AWS's API in their order, and what answers them.

    Attributes:
        made: Operation (``ecs:StopTask``) and request of each call.
        clients: The arguments with which each client was created.
    """

    def __init__(self) -> None:
        self.made: list[tuple[str, Request]] = []
        self.clients: list[tuple[str, dict[str, Any]]] = []
        self._services: dict[str, Callable[[Request], Answer]] = {}

    def answer(self, operation: str, *answers: Answer | ServiceError) -> None:
        """Answer calls of an operation, one after the other; another call is a failure."""
        left = iter(answers)

        def next_answer(request: Request) -> Answer:
            found = next(left, None)
            assert found is not None, f"{operation} is called more than {len(answers)} times"
            if isinstance(found, ServiceError):
                raise found
            return found

        self._services[operation] = next_answer

    def serve(self, operation: str, service: Callable[[Request], Answer]) -> None:
        """Answer all calls of an operation by a function, which may raise `ServiceError`."""
        self._services[operation] = service

    def requests(self, operation: str) -> list[Request]:
        """The requests of an operation, in their order."""
        return [dict(request) for name, request in self.made if name == operation]

    def client(self, service: str, **options: Any) -> Any:
        """For ``boto3.client``."""
        self.clients.append((service, options))
        return _client(service)

    def _called(self, model: Any, request: Request) -> tuple[AWSResponse, dict[str, Any]]:
        operation = f"{model.service_model.service_name}:{model.name}"
        self.made.append((operation, request))
        assert operation in self._services, f"{operation} has no answer in this test"
        try:
            answer = dict(self._services[operation](dict(request)))
        except ServiceError as error:
            code, message = (*error.args, "")[:2]
            return AWSResponse(None, 400, {}, None), {"Error": {"Code": code, "Message": message}}
        if model.output_shape:
            validate_parameters(answer, model.output_shape)
        return AWSResponse(None, 200, {}, None), answer


_current: list[AnsweredCalls] = []


@contextmanager
def answered() -> Iterator[AnsweredCalls]:
    """Answer the clients of `AnsweredCalls.client` until the end of the context."""
    calls = AnsweredCalls()
    _current.append(calls)
    try:
        yield calls
    finally:
        _current.pop()


@functools.cache
def _client(service: str) -> Any:
    """One client for all tests of a process: reading a service's model takes most of their time."""
    client = _session().client(service)
    client.meta.events.register("provide-client-params.*.*", _note_request)
    client.meta.events.register("before-call.*.*", _answer_request)
    return client


@functools.cache
def _session() -> boto3.session.Session:
    return boto3.session.Session("test", "test", region_name="eu-central-1")


def _note_request(params: Request, context: dict[str, Any], **_: Any) -> None:
    context[_REQUEST] = copy.deepcopy(params)


def _answer_request(model: Any, context: dict[str, Any], **_: Any) -> Any:
    return _current[-1]._called(model, context[_REQUEST])
