// When Jenkins starts: what the ECS plugin leaves open when agents are provisioned.
//
// - It makes every agent exclusive to its labels and starts none for builds without a label. Here
//   the template with DEFAULT_LABEL takes them, on agents that accept any build.
// - It does not count an agent that has connected but that it has not yet released for builds, and
//   would start a second one for the same build.
// - An agent that fails to start leaves no trace for pipelines: retryOnSpot reads the last failure.
// - Templates with a strategy only ever use Spot. The circuit breaker in SPOT_FOLDER and, for -auto
//   labels, the last failure choose on-demand capacity instead.
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
import jenkins.util.Timer

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.TimeUnit
import java.util.logging.Handler
import java.util.logging.LogRecord
import java.util.logging.Logger

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

class Spot {
    static final String SPOT = 'FARGATE_SPOT'
    static final File folder = new File(System.getenv('SPOT_FOLDER') ?: '.')
    static final long waitMillis = ((System.getenv('SPOT_WAIT_MINUTES') ?: '5') as long) * 60000
    /** When the agents on Spot were requested that have not connected yet, by name. */
    static final Map<String, Long> requested = new ConcurrentHashMap<>()

    /** Choose the capacity of a template's next agents. RunTask reads it from the template. */
    static void choose(Node node) {
        def template = node.template
        // Capacity providers of instances stay as they are.
        if (!template?.capacityProviderStrategies?.every { it.provider in [SPOT, 'FARGATE'] }) {
            return
        }
        String provider = available(template) ? SPOT : 'FARGATE'
        template.capacityProviderStrategies.each { it.provider = provider }
        if (provider == SPOT) {
            requested[node.nodeName] = System.currentTimeMillis()
        }
    }

    private static boolean available(template) {
        File answer = new File(folder, 'capacity')
        if (answer.exists() && answer.text.contains("\"${architecture(template)}\"")) {
            return false
        }
        String label = template.label.split(' ').last()
        long failed = Failures.last(label)
        return !label.endsWith('-auto') || System.currentTimeMillis() - failed >= waitMillis
    }

    private static String architecture(template) {
        template.cpuArchitecture.toLowerCase(Locale.ROOT)
    }

    /** Report an agent without Spot capacity to the circuit breaker. */
    static synchronized void missing(template) {
        new File(folder, 'failures') << "${architecture(template)}\n"
    }

    /** Give up agents that have been waiting for Spot capacity for too long. They run nothing. */
    static void giveUp() {
        Jenkins.get().nodes.findAll { Agents.isEcs(it) && requested.containsKey(it.nodeName) }.each { node ->
            try {
                if (!node.launcher.launchSupported) {
                    requested.remove(node.nodeName)
                } else if (node.taskArn && System.currentTimeMillis() - requested[node.nodeName] >= waitMillis) {
                    def task = node.@cloud.ecsService.describeTask(node.taskArn, node.clusterArn)
                    if (task?.capacityProviderName == SPOT && task.lastStatus in ['PROVISIONING', 'PENDING'] && !task.pullStartedAt) {
                        Failures.reasons[node.nodeName] = "no Spot capacity for ${waitMillis.intdiv(60000)} minutes".toString()
                        node.terminate()
                    }
                }
            } catch (Exception | LinkageError e) {
                println "jenkins-platform: cannot check ${node.nodeName}: ${e}"
            }
        }
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
        if (Agents.isEcs(node)) {
            Spot.choose(node)
        }
    }
}

class Arriving extends CauseOfBlockage {
    String getShortDescription() {
        'An agent has connected and will accept the build in a moment'
    }
}

class Failures extends NodeListener {
    /** Why agents did not start, by name, until they are deleted. */
    static final Map<String, String> reasons = new ConcurrentHashMap<>()

    /** When an agent with this label last failed to start. */
    static long last(String label) {
        (System.getProperty("jenkins-platform.failed.${label}") ?: '0').split(' ', 2)[0] as long
    }

    protected void onDeleted(Node node) {
        if (!Agents.isEcs(node)) {
            return
        }
        boolean onSpot = Spot.requested.remove(node.nodeName) != null
        String reason = reasons.remove(node.nodeName)
        if (!node.launcher.launchSupported) {
            return
        }
        try {
            if (node.taskArn && !reason?.startsWith('no Spot capacity')) {
                reason = node.@cloud.ecsService.describeTask(node.taskArn, node.clusterArn)?.stoppedReason ?: 'it did not connect'
            }
        } catch (Exception | LinkageError e) {
            reason = "ECS does not answer: ${e.message}"
        }
        reason = reason ?: 'RunTask failed'
        println "jenkins-platform: ${node.nodeName} failed to start: ${reason}"
        if (onSpot && reason.toLowerCase(Locale.ROOT).contains('capacity')) {
            Spot.missing(node.template)
        }
        node.template.label.split(' ').each {
            System.setProperty("jenkins-platform.failed.${it}", "${System.currentTimeMillis()} ${reason}")
        }
    }
}

/** Remembers why RunTask failed, which the plugin only logs (ECSLauncher). */
class LaunchLog extends Handler {
    void publish(LogRecord record) {
        if (record.message?.startsWith('[{0}]: Failure reason=')) {
            Failures.reasons[record.parameters[0] as String] = record.parameters[1] as String
        } else if (record.thrown?.message) {
            def found = record.message =~ /^\[(\S+)\]: Error in provisioning/
            if (found) {
                Failures.reasons.putIfAbsent(found[0][1], record.thrown.message)
            }
        }
    }

    void flush() {}

    void close() {}
}

final unlabeled = new UnlabeledBuilds(System.getenv('DEFAULT_LABEL'))
Jenkins.get().getExtensionList(Strategy).add(unlabeled)
Jenkins.get().getExtensionList(CloudProvisioningListener).add(new Provisioning(unlabeled))
Jenkins.get().getExtensionList(NodeListener).add(new Failures())
final launches = Logger.getLogger('com.cloudbees.jenkins.plugins.amazonecs.ECSLauncher')
launches.addHandler(new LaunchLog())
// The task refers to the logger, which could otherwise be garbage-collected with its handlers.
Timer.get().scheduleWithFixedDelay({ launches.name; Spot.giveUp() } as Runnable, 15, 15, TimeUnit.SECONDS)
println "jenkins-platform: builds without a label run on ${unlabeled.label ?: 'no agent'}"
