// Runs the hook, then a scenario in which the minute of the week passes.
import com.cloudbees.jenkins.plugins.amazonecs.ECSCloud
import com.cloudbees.jenkins.plugins.amazonecs.ECSSlave
import hudson.model.Label
import hudson.slaves.CloudProvisioningListener
import hudson.slaves.NodeProvisioner
import jenkins.model.Jenkins
import jenkins.util.Timer

import java.time.ZonedDateTime
import java.util.concurrent.CompletableFuture

/** In the place of the plugin's retention strategies. */
class Retention {
    final int minutes

    Retention(int minutes) { this.minutes = minutes }
}

final hook = new GroovyShell(this.class.classLoader)
final jenkins = Jenkins.get()
final cloud = new ECSCloud(label: 'linux')
int number = 0
cloud.metaClass.provision = { Label wanted, int count ->
    (0..<count).collect {
        def node = new ECSSlave(
            nodeName: "agent-${++number}", template: [label: 'linux linux-on-demand'],
            launcher: [launchSupported: true], computer: [idle: true, online: false, acceptingTasks: false],
            retentionStrategy: new Retention(cloud.retentionTimeout)
        )
        new NodeProvisioner.PlannedNode(displayName: node.nodeName, future: CompletableFuture.completedFuture(node))
    }
}
final completed = []
jenkins.clouds = [new hudson.slaves.Cloud(), cloud]
jenkins.getExtensionList(CloudProvisioningListener).add(new CloudProvisioningListener() {
    void onComplete(NodeProvisioner.PlannedNode planned, hudson.model.Node node) { completed << node.nodeName }
})
hook.evaluate(new File('warm-agents.groovy'))
final warm = hook.classLoader.loadClass('WarmAgents')
final scope = [
    jenkins: jenkins, cloud: cloud, completed: completed,
    /** A check at a local time in Vienna; the agents that are there after it, with their idle minutes. */
    at: { String time ->
        warm.clock = { -> ZonedDateTime.parse("${time}[Europe/Vienna]").toInstant().toEpochMilli() }
        Timer.scheduled*.run()
        println "${time}: ${jenkins.nodes.collect { "${it.nodeName} ${it.retentionStrategy?.minutes}" }.join(', ')}"
    },
    state: { String name, Map changes ->
        def node = jenkins.nodes.find { it.nodeName == name }
        node.launcher = [launchSupported: changes.remove('launching') ?: false]
        node.computer = [idle: true, online: true, acceptingTasks: true] + changes
    },
    failed: { String time ->
        long millis = ZonedDateTime.parse("${time}[Europe/Vienna]").toInstant().toEpochMilli()
        System.setProperty('jenkins-platform.failed.linux', "${millis} no capacity")
    },
    other: { node -> jenkins.addNode(node) },
    node: { Map options -> new ECSSlave(options) },
]
new GroovyShell(this.class.classLoader, new Binding(scope)).evaluate(new File('scenario'))
