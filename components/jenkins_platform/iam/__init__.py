"""IAM policy documents as pure functions of ARNs: the one place for a security review.

Values may be outputs; `document` turns statements into JSON. No ``*`` where the service supports a
narrower resource, and no action that the amazon-ecs plugin, ECS or the functions do not call.
"""

from .document import ArnInput as ArnInput
from .document import Statement as Statement
from .document import allow as allow
from .document import document as document
from .document import trust as trust
from .document import trust_jobs as trust_jobs
from .document import trust_service as trust_service
from .images import guard_repository as guard_repository
from .images import pull_images as pull_images
from .images import pull_through as pull_through
from .images import push_images as push_images
from .images import read_scan_findings as read_scan_findings
from .images import sign_images as sign_images
from .instances import INSTANCE_TAG as INSTANCE_TAG
from .instances import container_instance as container_instance
from .instances import pass_instance_role as pass_instance_role
from .instances import session_manager as session_manager
from .instances import trust_only as trust_only
from .monitoring import BUILD_EVENTS as BUILD_EVENTS
from .monitoring import logs_key as logs_key
from .monitoring import publish as publish
from .monitoring import report_builds as report_builds
from .monitoring import topic_key as topic_key
from .network import deliver_access_logs as deliver_access_logs
from .network import deliver_flow_logs as deliver_flow_logs
from .network import endpoint as endpoint
from .network import network_interfaces as network_interfaces
from .network import receive_flow_logs as receive_flow_logs
from .network import s3_endpoint as s3_endpoint
from .storage import back_up as back_up
from .storage import file_system as file_system
from .storage import mount_home as mount_home
from .storage import only_with_tls as only_with_tls
from .storage import own_key as own_key
from .storage import restore as restore
from .storage import store_artifacts as store_artifacts
from .storage import use_keys as use_keys
from .tasks import execute_command as execute_command
from .tasks import find_tasks as find_tasks
from .tasks import read_configuration as read_configuration
from .tasks import read_credentials as read_credentials
from .tasks import read_secrets as read_secrets
from .tasks import run_agents as run_agents
from .tasks import write_logs as write_logs
