"""IAM policy documents as pure functions of ARNs: the one place for a security review.

Values may be outputs; `document` turns statements into JSON. No ``*`` where the service supports a
narrower resource, and no action that the amazon-ecs plugin, ECS or the functions do not call.
"""

from .document import ArnInput, Statement, allow, document, trust, trust_service
from .images import guard_repository, pull_images, pull_through, push_images
from .monitoring import logs_key, publish, topic_key
from .network import (
    deliver_access_logs,
    deliver_flow_logs,
    endpoint,
    receive_flow_logs,
    s3_endpoint,
)
from .storage import (
    back_up,
    file_system,
    mount_home,
    only_with_tls,
    own_key,
    restore,
    trust_backup,
    use_keys,
)
from .tasks import (
    execute_command,
    find_tasks,
    read_configuration,
    read_credentials,
    read_secrets,
    run_agents,
    write_logs,
)

__all__ = [
    "ArnInput",
    "Statement",
    "allow",
    "back_up",
    "deliver_access_logs",
    "deliver_flow_logs",
    "document",
    "endpoint",
    "execute_command",
    "file_system",
    "find_tasks",
    "guard_repository",
    "logs_key",
    "mount_home",
    "only_with_tls",
    "own_key",
    "publish",
    "pull_images",
    "pull_through",
    "push_images",
    "read_configuration",
    "read_credentials",
    "read_secrets",
    "receive_flow_logs",
    "restore",
    "run_agents",
    "s3_endpoint",
    "topic_key",
    "trust",
    "trust_backup",
    "trust_service",
    "use_keys",
    "write_logs",
]
