"""Task sizes of Fargate."""

from __future__ import annotations

import pytest
from jenkins_platform.settings.facts import fargate


@pytest.mark.parametrize(
    ("cpu", "smallest", "largest", "count"),
    [
        (256, 512, 2048, 3),
        (512, 1024, 4096, 4),
        (1024, 2048, 8192, 7),
        (2048, 4096, 16384, 13),
        (4096, 8192, 30720, 23),
        (8192, 16384, 61440, 12),
        (16384, 32768, 122880, 12),
        (32768, 61440, 249856, 3),
    ],
)
def test_size_table(cpu: int, smallest: int, largest: int, count: int) -> None:
    sizes = fargate.MEMORY_BY_CPU[cpu]
    assert (sizes[0], sizes[-1], len(sizes)) == (smallest, largest, count)


def test_supported_size_has_no_problem() -> None:
    assert fargate.memory_problem(1024, 4096) is None


def test_unsupported_size_names_valid_sizes_and_the_nearest() -> None:
    assert fargate.memory_problem(1024, 9000) == (
        "is not supported with 1024 CPU units. "
        "Valid: 2048 to 8192 in steps of 1024 MiB; nearest: 8192"
    )
    assert fargate.memory_problem(256, 600) == (
        "is not supported with 256 CPU units. Valid: 512, 1024, 2048 MiB; nearest: 512"
    )
