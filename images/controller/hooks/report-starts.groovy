// Logs how long the start of each agent took: until Jenkins requested it, until it connected, and
// until the build began. ECS records only what lies between the request and the connection.
import hudson.model.Computer
import hudson.model.Node
import hudson.model.Queue
import hudson.model.TaskListener
import hudson.model.queue.QueueListener
import hudson.slaves.CloudProvisioningListener
import hudson.slaves.ComputerListener
import hudson.slaves.NodeProvisioner.PlannedNode
import jenkins.model.Jenkins
import jenkins.model.NodeListener

import java.util.concurrent.ConcurrentHashMap

class Starts {
    static Closure<Long> clock = { System.currentTimeMillis() }
    /** When agents were requested and connected, by name, until their first build begins. */
    static final Map<String, Long> requested = new ConcurrentHashMap<>()
    static final Map<String, Long> connected = new ConcurrentHashMap<>()

    static void report(String name, long queued) {
        Long request = requested.remove(name)
        Long connection = connected.remove(name)
        // A build that came after the connection waited for nothing: the agent was warm.
        if (request != null && connection != null && queued <= connection) {
            // A build that came after the request may take the agent.
            String waited = seconds(Math.max(request - queued, 0L))
            println "jenkins-platform: start of ${name}: queued ${waited} s, " +
                "connected ${seconds(connection - request)} s, accepted ${seconds(clock() - connection)} s"
        }
    }

    private static String seconds(long millis) {
        String.format(Locale.ROOT, '%.1f', millis / 1000d)
    }
}

class Requests extends CloudProvisioningListener {
    void onComplete(PlannedNode planned, Node node) {
        if (node.class.name == 'com.cloudbees.jenkins.plugins.amazonecs.ECSSlave') {
            Starts.requested[node.nodeName] = Starts.clock()
        }
    }
}

class Connections extends ComputerListener {
    void onOnline(Computer computer, TaskListener listener) {
        if (Starts.requested.containsKey(computer.name)) {
            Starts.connected.putIfAbsent(computer.name, Starts.clock())
        }
    }
}

class FirstBuilds extends QueueListener {
    void onLeft(Queue.LeftItem item) {
        try {
            String name = item.outcome?.primaryWorkUnit?.executor?.owner?.name
            if (name) {
                Starts.report(name, item.inQueueSince)
            }
        } catch (Exception | LinkageError e) {
            // The build must start all the same.
            println "jenkins-platform: the start of an agent is not reported: ${e}"
        }
    }
}

class Removals extends NodeListener {
    protected void onDeleted(Node node) {
        Starts.requested.remove(node.nodeName)
        Starts.connected.remove(node.nodeName)
    }
}

Jenkins.get().getExtensionList(CloudProvisioningListener).add(new Requests())
Jenkins.get().getExtensionList(ComputerListener).add(new Connections())
Jenkins.get().getExtensionList(QueueListener).add(new FirstBuilds())
Jenkins.get().getExtensionList(NodeListener).add(new Removals())
