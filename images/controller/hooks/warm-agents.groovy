// Keeps agents ready for the next builds within the hours of WARM_AGENTS.
//
// The plugin starts agents for builds in the queue only, and stops an agent that waits longer than
// its idle time. Once a minute this starts the agents that are missing, with what Jenkins calls for
// a build, and lets each wait longer. Outside of the hours and in quiet mode the idle time of the
// plugin applies again: working hours end when no agent runs.
import groovy.json.JsonSlurper
import hudson.model.Label
import hudson.model.Node
import hudson.slaves.Cloud
import hudson.slaves.CloudProvisioningListener
import jenkins.model.Jenkins
import jenkins.util.Timer

import java.time.Instant
import java.time.ZoneId
import java.util.concurrent.TimeUnit

class WarmAgents {
    /** After this time an agent is replaced, so that none becomes very old. */
    static final int IDLE_MINUTES = 60
    static final long PAUSE_MILLIS = 300000
    static final int WEEK_MINUTES = 7 * 24 * 60
    static Closure<Long> clock = { System.currentTimeMillis() }
    final Map wanted
    /** Agents whose idle time is the plugin's again. */
    private final Set<String> released = []

    WarmAgents(Map wanted) {
        this.wanted = wanted
    }

    void check() {
        boolean active = isActive()
        wanted.agents.each { String label, int count ->
            try {
                Cloud cloud = Jenkins.get().clouds.find { isEcs(it, 'ECSCloud') && it.canProvision(Label.get(label)) }
                if (cloud != null && active) {
                    start(cloud, label, count)
                } else if (cloud != null) {
                    release(cloud, label)
                }
            } catch (Exception | LinkageError e) {
                println "jenkins-platform: cannot keep agents for ${label} ready: ${e}"
            }
        }
    }

    private boolean isActive() {
        def now = Instant.ofEpochMilli(clock()).atZone(ZoneId.of(wanted.time_zone))
        int minute = ((now.dayOfWeek.value - 1) * 24 + now.hour) * 60 + now.minute
        // The last span of a week can end in the next one.
        boolean inside = wanted.spans.any { it[0] <= minute && minute < it[1] || minute + WEEK_MINUTES < it[1] }
        return inside && !(now.toLocalDate().toString() in wanted.holidays) && !Jenkins.get().quietingDown
    }

    private void start(Cloud cloud, String name, int count) {
        released.clear()
        Label label = Label.get(name)
        int missing = count - nodes(label).count { isReady(it) }
        if (missing <= 0 || clock() - lastFailure(name) < PAUSE_MILLIS) {
            return
        }
        def load = label.loadStatistics.computeSnapshot()
        int allowed = cloud.getProvisioningCapacity(missing, load.onlineExecutors, load.connectingExecutors)
        cloud.provision(label, allowed).each { planned ->
            Node node = planned.future.get(1, TimeUnit.MINUTES)
            setIdleMinutes(node, IDLE_MINUTES)
            if (name == System.getenv('DEFAULT_LABEL')) {
                node.mode = Node.Mode.NORMAL
            }
            Jenkins.get().getExtensionList(CloudProvisioningListener).each { it.onComplete(planned, node) }
            Jenkins.get().addNode(node)
            println "jenkins-platform: ${node.nodeName} starts before a build needs it"
        }
    }

    private void release(Cloud cloud, String name) {
        nodes(Label.get(name)).findAll { isReady(it) && released.add(it.nodeName) }.each {
            setIdleMinutes(it, cloud.retentionTimeout)
        }
    }

    private static Collection<Node> nodes(Label label) {
        Jenkins.get().nodes.findAll { isEcs(it, 'ECSSlave') && label.matches(it) }
    }

    /** Whether an agent is starting or waits for a build. After its build it accepts no other. */
    private static boolean isReady(Node node) {
        def computer = node.toComputer()
        computer?.idle && (node.launcher.launchSupported || computer.online && computer.acceptingTasks)
    }

    private static void setIdleMinutes(Node node, int minutes) {
        node.retentionStrategy = node.retentionStrategy.class.getConstructor(int).newInstance(minutes)
    }

    /** As start-agents.groovy records it. */
    private static long lastFailure(String label) {
        (System.getProperty("jenkins-platform.failed.${label}") ?: '0').split(' ', 2)[0] as long
    }

    /** By class name, because the plugin may not be installed. */
    private static boolean isEcs(Object thing, String kind) {
        thing.class.name == "com.cloudbees.jenkins.plugins.amazonecs.${kind}"
    }
}

final warm = new WarmAgents(new JsonSlurper().parseText(System.getenv('WARM_AGENTS')) as Map)
Timer.get().scheduleWithFixedDelay({ warm.check() } as Runnable, 30, 60, TimeUnit.SECONDS)
println "jenkins-platform: keeps agents ready: ${warm.wanted.agents}"
