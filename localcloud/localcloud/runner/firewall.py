"""Sets the packet filter of a task's network; runs inside the container that holds it.

Usage: ``firewall.py RULES``, with RULES a JSON object of two lists, what may come ``in`` and go
``out``, each rule
``{"from": first address, "to": last address, "protocol": number or null, "ports": [first, last]}``.
Everything else that is not local or an answer is dropped, as a security group does. What leaves is
filtered as it leaves the interface, so that containers within a task, such as those of a
Docker daemon, are not excepted. It speaks netlink with the kernel's nf_tables by itself: the image
is any with a ``python3``, and need not have ``nft``. Numbers are those of Linux's
``linux/netfilter/nf_tables.h``.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from typing import Any

_NETLINK_NETFILTER, _SUBSYSTEM = 12, 10
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_NEW_TABLE, _DELETE_TABLE, _NEW_CHAIN, _NEW_RULE = 0, 2, 3, 6
_REQUEST, _ACKNOWLEDGE, _CREATE, _APPEND = 0x1, 0x4, 0x400, 0x800
_ERROR = 2
_IPV4, _INPUT_HOOK, _POSTROUTING_HOOK = 2, 1, 4
_DROP, _ACCEPT = 0, 1
_EQUAL, _NOT_EQUAL, _AT_MOST, _AT_LEAST = 0, 1, 3, 5
_NETWORK_HEADER, _TRANSPORT_HEADER = 1, 2
_META_INTERFACE, _META_INTERFACE_OUT, _META_PROTOCOL, _CT_STATE = 4, 7, 16, 0
_ESTABLISHED_OR_RELATED = 0x6
_LOOPBACK = 1
_OUTSIDE = b"eth0".ljust(16, b"\0")
"""The interface that Docker gives a container in one network."""
_SOURCE, _TARGET = 12, 16
"""Where the addresses are in the header of a packet."""
_REGISTER = 1
_NAME = b"localcloud\0"
_IN, _OUT = b"input\0", b"output\0"

Rule = dict[str, Any]


def _attribute(kind: int, content: bytes) -> bytes:
    return struct.pack("HH", 4 + len(content), kind) + content + b"\0" * (-len(content) % 4)


def _nested(kind: int, *attributes: bytes) -> bytes:
    return _attribute(kind | 0x8000, b"".join(attributes))


def _number(kind: int, value: int) -> bytes:
    return _attribute(kind, struct.pack(">i", value))


def _message(kind: int, flags: int, family: int, content: bytes = b"", subsystem: int = 0) -> bytes:
    body = struct.pack(">BBH", family, 0, subsystem) + content
    return struct.pack("IHHII", 16 + len(body), kind, flags | _REQUEST, 0, 0) + body


def _table(kind: int, flags: int, content: bytes) -> bytes:
    return _message(_SUBSYSTEM << 8 | kind, flags, _IPV4, content)


def _expression(name: str, *attributes: bytes) -> bytes:
    return _nested(1, _attribute(1, name.encode() + b"\0"), _nested(2, *attributes))


def _compare(how: int, value: bytes) -> bytes:
    return _expression(
        "cmp", _number(1, _REGISTER), _number(2, how), _nested(3, _attribute(1, value))
    )


def _payload(base: int, offset: int, length: int) -> bytes:
    return _expression(
        "payload", _number(1, _REGISTER), _number(2, base), _number(3, offset), _number(4, length)
    )


def _meta(key: int) -> bytes:
    return _expression("meta", _number(1, _REGISTER), _number(2, key))


def _accepting(chain: bytes, *expressions: bytes) -> bytes:
    """A rule that accepts what all expressions match."""
    accept = _expression("immediate", _number(1, 0), _nested(2, _nested(2, _number(1, _ACCEPT))))
    content = _attribute(1, _NAME) + _attribute(2, chain) + _nested(4, *expressions, accept)
    return _table(_NEW_RULE, _CREATE | _APPEND, content)


def _answers(chain: bytes) -> bytes:
    mask = struct.pack("I", _ESTABLISHED_OR_RELATED)
    return _accepting(
        chain,
        _expression("ct", _number(1, _REGISTER), _number(2, _CT_STATE)),
        _expression(
            "bitwise",
            *(_number(kind, _REGISTER) for kind in (1, 2)),
            _number(3, 4),
            _nested(4, _attribute(1, mask)),
            _nested(5, _attribute(1, bytes(4))),
        ),
        _compare(_NOT_EQUAL, bytes(4)),
    )


def _allowed(chain: bytes, address: int, rule: Rule) -> bytes:
    # This machine may have a name only.
    first, last = (socket.inet_aton(socket.gethostbyname(rule[key])) for key in ("from", "to"))
    expressions = [
        _payload(_NETWORK_HEADER, address, 4),
        _compare(_AT_LEAST, first),
        _compare(_AT_MOST, last),
    ]
    if rule["protocol"] is not None:
        expressions += [_meta(_META_PROTOCOL), _compare(_EQUAL, bytes([rule["protocol"]]))]
    if rule["ports"]:
        lowest, highest = (struct.pack(">H", port) for port in rule["ports"])
        expressions += [
            _payload(_TRANSPORT_HEADER, 2, 2),
            _compare(_AT_LEAST, lowest),
            _compare(_AT_MOST, highest),
        ]
    return _accepting(chain, *expressions)


def _chain(name: bytes, hook: int) -> bytes:
    """A chain that drops what none of its rules accepts."""
    content = (
        _attribute(1, _NAME)
        + _attribute(3, name)
        + _nested(4, _number(1, hook), _number(2, 0))
        + _number(5, _DROP)
        + _attribute(7, b"filter\0")
    )
    return _table(_NEW_CHAIN, _CREATE, content)


def batch(rules: dict[str, list[Rule]]) -> bytes:
    """All messages, which the kernel takes as one change or not at all."""
    table = _attribute(1, _NAME)
    local = _meta(_META_INTERFACE), _compare(_EQUAL, struct.pack("I", _LOOPBACK))
    inside = _meta(_META_INTERFACE_OUT), _compare(_NOT_EQUAL, _OUTSIDE)
    return b"".join(
        [
            _message(_BATCH_BEGIN, 0, 0, subsystem=_SUBSYSTEM),
            _table(_NEW_TABLE, _CREATE, table),
            _table(_DELETE_TABLE, 0, table),
            _table(_NEW_TABLE, _CREATE, table),
            _chain(_IN, _INPUT_HOOK),
            _accepting(_IN, *local),
            _answers(_IN),
            *(_allowed(_IN, _SOURCE, rule) for rule in rules["in"]),
            _chain(_OUT, _POSTROUTING_HOOK),
            _accepting(_OUT, *inside),
            _answers(_OUT),
            *(_allowed(_OUT, _TARGET, rule) for rule in rules["out"]),
            _message(_BATCH_END, _ACKNOWLEDGE, 0, subsystem=_SUBSYSTEM),
        ]
    )


def apply(rules: dict[str, list[Rule]]) -> None:
    """Replace the filter.

    Raises:
        OSError: the kernel refuses it.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as kernel:
        kernel.settimeout(2)
        kernel.send(batch(rules))
        try:
            answer = kernel.recv(65536)
        except TimeoutError:
            return
        _, kind = struct.unpack_from("IH", answer)
        code = -struct.unpack_from("i", answer, 16)[0] if kind == _ERROR else 0
        if code:
            raise OSError(code, os.strerror(code))


if __name__ == "__main__":
    apply(json.loads(sys.argv[1]))
