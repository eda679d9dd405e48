"""Task sizes of Fargate (Amazon ECS Developer Guide, "Fargate task definitions")."""

from __future__ import annotations

MEMORY_BY_CPU: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}
"""Memory sizes in MiB that Fargate supports for each number of CPU units."""

INCLUDED_DISK_GIB = 20
"""Ephemeral storage in GiB that is free for every Fargate task."""
CPU_UNITS = tuple(MEMORY_BY_CPU)


def memory_problem(cpu: int, memory_mib: int) -> str | None:
    """Why Fargate does not support a task size, with the nearest one, or None if it does."""
    sizes = MEMORY_BY_CPU[cpu]
    if memory_mib in sizes:
        return None
    nearest = min(sizes, key=lambda size: abs(size - memory_mib))
    step = sizes[1] - sizes[0]
    shown = (
        ", ".join(map(str, sizes))
        if len(sizes) <= 4
        else f"{sizes[0]} to {sizes[-1]} in steps of {step}"
    )
    return f"is not supported with {cpu} CPU units. Valid: {shown} MiB; nearest: {nearest}"
