"""Amazon Resource Names and their parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jenkins_platform.inputs import Connection
from jenkins_platform.settings.facts import ports
from jenkins_platform.settings.facts.arn import Arn

SECRET = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:app-AbCdEf"
PART = st.text("abcdefgh-0123456789/", max_size=8)


def test_an_arn_has_five_parts() -> None:
    assert Arn.parse("arn:aws:ecr:eu-central-1:123456789012:repository/web/shop") == (
        "aws",
        "ecr",
        "eu-central-1",
        "123456789012",
        "repository/web/shop",
    )


@pytest.mark.parametrize("text", ["", "arn", "arn:aws:s3::", "urn:aws:s3:::bucket", "a:b"])
def test_only_an_arn_is_parsed(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ARN"):
        Arn.parse(text)


@given(parts=st.tuples(PART, PART, PART, PART, st.text("abc:/-", max_size=12)))
def test_parsing_and_writing_are_inverse(parts: tuple[str, str, str, str, str]) -> None:
    assert Arn.parse(str(Arn(*parts))) == parts


@pytest.mark.parametrize(
    ("suffix", "key"),
    [("", ""), (":password::", "password"), (":password", "password"), (":::version", "")],
)
def test_a_reference_to_a_json_key_names_the_secret_and_the_key(suffix: str, key: str) -> None:
    found = Arn.parse(SECRET + suffix)
    assert (str(found.secret), found.secret_key) == (SECRET, key)


def test_the_tcp_port_is_closed_to_agents_that_use_web_sockets() -> None:
    assert {kind: ports.open_to_agents(kind) for kind in Connection} == {
        Connection.WEB_SOCKET: {"http": 8080},
        Connection.CLOUD_MAP: {"http": 8080, "tcp": 50000},
        Connection.NETWORK_LOAD_BALANCER: {"http": 8080, "tcp": 50000},
    }
