// When Jenkins starts: what the ECS plugin leaves open when agents are provisioned.
//
// - It makes every agent exclusive to its labels and starts none for builds without a label. Here
//   the template with DEFAULT_LABEL takes them, on agents that accept any build.
// - It does not count an agent that has connected but that it has not yet released for builds, and
//   would start a second one for the same build.
// - An agent that fails to start leaves no trace for pipelines: retryOnSpot reads the last failure.
import hudson.model.Label
import hudson.model.Node
import hudson.model.queue.CauseOfBlockage
import hudson.slaves.Cloud
import hudson.slaves.CloudProvisioningListener
import hudson.slaves.NodeProvisioner.PlannedNode
import hudson.slaves.NodeProvisioner.Strategy
import hudson.slaves.NodeProvisioner.StrategyDecision
import hudson.slaves.NodeProvisioner.StrategyState
import jenkins.model.Jenkins
import jenkins.model.NodeListener

class Agents {
    /** By class name, because the plugin may not be installed. */
    static boolean isEcs(Object thing, String kind = 'ECSSlave') {
        thing.class.name == "com.cloudbees.jenkins.plugins.amazonecs.${kind}"
    }

    /** How many have connected and will accept builds in a moment: the plugin has not finished
     * launching them. */
    static int arriving(Closure matches) {
        Jenkins.get().nodes.count { node ->
            def computer = node.toComputer()
            isEcs(node) && matches(node) && computer?.online && !computer.acceptingTasks && node.launcher.launchSupported
        } as int
    }
}

class UnlabeledBuilds extends Strategy {
    final String label
    final Set<String> requested = Collections.synchronizedSet(new HashSet<String>())

    UnlabeledBuilds(String label) {
        this.label = label
    }

    StrategyDecision apply(StrategyState state) {
        if (state.label != null || !label) {
            return StrategyDecision.CONSULT_REMAINING_STRATEGIES
        }
        Label wanted = Label.get(label)
        Cloud cloud = Jenkins.get().clouds.find { Agents.isEcs(it, 'ECSCloud') && it.canProvision(wanted) }
        def load = state.snapshot
        int missing = load.queueLength - load.availableExecutors - load.connectingExecutors -
            state.plannedCapacitySnapshot - Agents.arriving { it.mode == Node.Mode.NORMAL }
        if (cloud != null && missing > 0) {
            def own = wanted.loadStatistics.computeSnapshot()
            int count = cloud.getProvisioningCapacity(missing, own.onlineExecutors, own.connectingExecutors)
            def planned = cloud.provision(wanted, count)
            requested.addAll(planned*.displayName)
            state.recordPendingLaunches(planned)
        }
        return StrategyDecision.PROVISIONING_COMPLETED
    }
}

class Provisioning extends CloudProvisioningListener {
    final UnlabeledBuilds unlabeled

    Provisioning(UnlabeledBuilds unlabeled) {
        this.unlabeled = unlabeled
    }

    CauseOfBlockage canProvision(Cloud cloud, Label label, int wanted) {
        if (label == null || Agents.arriving { label.matches(it) } < wanted) {
            return null
        }
        return new Arriving()
    }

    void onComplete(PlannedNode planned, Node node) {
        if (unlabeled.requested.remove(planned.displayName)) {
            node.mode = Node.Mode.NORMAL
        }
    }
}

class Arriving extends CauseOfBlockage {
    String getShortDescription() {
        'An agent has connected and will accept the build in a moment'
    }
}

class Failures extends NodeListener {
    protected void onDeleted(Node node) {
        if (!Agents.isEcs(node) || !node.launcher.launchSupported) {
            return
        }
        String reason = 'RunTask failed'
        try {
            if (node.taskArn) {
                reason = node.@cloud.ecsService.describeTask(node.taskArn, node.clusterArn)?.stoppedReason ?: 'it did not connect'
            }
        } catch (Exception | LinkageError e) {
            reason = "ECS does not answer: ${e.message}"
        }
        println "jenkins-platform: ${node.nodeName} failed to start: ${reason}"
        node.template.label.split(' ').each {
            System.setProperty("jenkins-platform.failed.${it}", "${System.currentTimeMillis()} ${reason}")
        }
    }
}

final unlabeled = new UnlabeledBuilds(System.getenv('DEFAULT_LABEL'))
Jenkins.get().getExtensionList(Strategy).add(unlabeled)
Jenkins.get().getExtensionList(CloudProvisioningListener).add(new Provisioning(unlabeled))
Jenkins.get().getExtensionList(NodeListener).add(new Failures())
println "jenkins-platform: builds without a label run on ${unlabeled.label ?: 'no agent'}"
