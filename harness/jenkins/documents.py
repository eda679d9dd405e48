"""JCasC documents for tests, and how Jenkins reads the texts in them."""

from __future__ import annotations

import re
from typing import Any

import yaml
from hypothesis import strategies as st
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Settings

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C loader, where PyYAML has it."""
ODD_TEXTS = [
    "${JENKINS_ADMIN_PASSWORD}",
    "^${X}",
    "a: b\n- c",
    "{{ settings }}",
    "{% raw %}",
    "'\"\\",
    "''')\n}\nevil()\n",
    "\\u0027",
    "!!python/object:os.system",
    "...\n---\n",
    "\u2028\u0085\ufeff",
    "null",
    "1e3",
    "- ",
    "# not a comment",
    "&a *a",
]


def odd_texts() -> st.SearchStrategy[str]:
    """Texts that would break insufficient quoting."""
    # Neither Java's UTF-8 nor YAML has lone surrogates.
    characters = st.characters(codec="utf-8")
    return st.one_of(st.text(characters, max_size=60), st.sampled_from(ODD_TEXTS))


def resolved(settings: Settings, **changes: Any) -> jcasc.Resolved:
    values: dict[str, Any] = {
        "url": f"https://{settings.load_balancer.domain_name or 'ci.example.com'}/",
        "region": "eu-central-1",
        "cluster_arn": "arn:aws:ecs:eu-central-1:123456789012:cluster/jenkins-agents",
        "agent_url": "http://controller.jenkins.internal:8080/",
        "tunnel": "controller.jenkins.internal:50000",
        "subnet_ids": ("subnet-1", "subnet-2"),
        "security_group_ids": {t.name: ("sg-1",) for t in settings.agents},
        "public_addresses": False,
        "families": {t.name: f"jenkins-agent-{t.name}" for t in settings.agents},
        "realm_client_id": realm.id_at_provider if (realm := settings.sign_in.realm) else "",
    }
    return jcasc.Resolved(**(values | changes))


def render(**args: Any) -> tuple[str, Any]:
    """The document of some inputs, as text and parsed."""
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    text = jcasc.render(settings, resolved(settings))
    return text, yaml.load(text, LOADER)


def structure(value: Any) -> Any:
    """A document without its texts, which no input text may change."""
    if isinstance(value, dict):
        return {k: structure(v) for k, v in value.items()}
    if isinstance(value, list):
        return [structure(v) for v in value]
    return type(value).__name__


def texts(value: Any) -> list[str]:
    """All texts of a document, as Jenkins reads them."""
    if isinstance(value, dict):
        return [text for v in value.values() for text in texts(v)]
    if isinstance(value, list):
        return [text for v in value for text in texts(v)]
    return [jcasc_reads(value)] if isinstance(value, str) else []


def jcasc_reads(text: str) -> str:
    """A text as JCasC reads it: it removes the ``^`` before ``${``, and replaces references to
    secrets by their values: here by a visible marker."""
    resolved = re.sub(r"(?<!\^)\$\{(\w+)[^}]*\}", r"<the secret \1>", text)
    return resolved.replace("^${", "${")
