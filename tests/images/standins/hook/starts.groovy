// Runs the hook, then a scenario with what the hook registered and a clock in milliseconds.
import com.cloudbees.jenkins.plugins.amazonecs.ECSSlave
import hudson.model.Computer
import hudson.model.Node
import hudson.model.Queue
import hudson.model.queue.QueueListener
import hudson.slaves.CloudProvisioningListener
import hudson.slaves.ComputerListener
import hudson.slaves.NodeProvisioner.PlannedNode
import jenkins.model.Jenkins
import jenkins.model.NodeListener

final hook = new GroovyShell(this.class.classLoader)
hook.evaluate(new File('report-starts.groovy'))
long now = 0
hook.classLoader.loadClass('Starts').clock = { -> now }
final only = { Class kind -> Jenkins.get().getExtensionList(kind).first() }
final scope = [
    at: { long millis -> now = millis },
    request: { String name, boolean ecs = true ->
        def node = ecs ? new ECSSlave(nodeName: name) : new Node(nodeName: name)
        only(CloudProvisioningListener).onComplete(new PlannedNode(displayName: name), node)
    },
    online: { String name -> only(ComputerListener).onOnline(new Computer(name: name), null) },
    begins: { String name, long queued ->
        def unit = name == null ? null : [executor: [owner: new Computer(name: name)]]
        only(QueueListener).onLeft(new Queue.LeftItem(outcome: [primaryWorkUnit: unit], inQueueSince: queued))
    },
    unexpected: { -> only(QueueListener).onLeft(new Queue.LeftItem(outcome: [primaryWorkUnit: 'of another version'])) },
    cancelled: { -> only(QueueListener).onLeft(new Queue.LeftItem()) },
    deleted: { String name -> only(NodeListener).onDeleted(new ECSSlave(nodeName: name)) },
]
new GroovyShell(this.class.classLoader, new Binding(scope)).evaluate(new File('scenario'))
