// Runs the hook, then a scenario with what the hook registered, and prints its result as JSON.
import com.cloudbees.jenkins.plugins.amazonecs.ECSCloud
import com.cloudbees.jenkins.plugins.amazonecs.ECSSlave
import groovy.json.JsonOutput
import hudson.model.Label
import hudson.model.Node
import hudson.slaves.Cloud
import hudson.slaves.CloudProvisioningListener
import hudson.slaves.NodeProvisioner
import jenkins.model.Jenkins
import jenkins.model.NodeListener
import jenkins.util.Timer

import java.util.logging.Logger

final hook = new GroovyShell(this.class.classLoader)
hook.evaluate(new File('start-agents.groovy'))
final jenkins = Jenkins.get()
final only = { Class kind -> jenkins.getExtensionList(kind).first() }
final cloud = new ECSCloud(label: 'linux')
// A cloud of another plugin lacks methods that the hook calls.
jenkins.clouds = [new Cloud(), cloud]
final scope = [
    jenkins: jenkins, cloud: cloud,
    strategy: only(NodeProvisioner.Strategy), listener: only(CloudProvisioningListener), nodes: only(NodeListener),
    label: { String name -> Label.get(name) },
    agent: { Map options -> new ECSSlave(options) },
    arriving: { String labels ->
        new ECSSlave(template: [label: labels], launcher: [launchSupported: true], computer: [online: true, acceptingTasks: false])
    },
    state: { Map options -> new NodeProvisioner.StrategyState(options) },
    queue: { int length -> [queueLength: length, availableExecutors: 0, connectingExecutors: 0] },
    NORMAL: Node.Mode.NORMAL,
    log: Logger.getLogger('com.cloudbees.jenkins.plugins.amazonecs.ECSLauncher'),
    check: { -> Timer.scheduled*.run() },
    requested: hook.classLoader.loadClass('Spot').requested,
    spot: { String name, String labels, Map options = [:] ->
        def template = [
            label: labels, cpuArchitecture: 'X86_64', capacityProviderStrategies: [[provider: 'FARGATE_SPOT']]
        ]
        def node = new ECSSlave([nodeName: name, template: template, launcher: [launchSupported: true]] + options)
        only(CloudProvisioningListener).onComplete(new NodeProvisioner.PlannedNode(displayName: name), node)
        node
    },
    provider: { node -> node.template.capacityProviderStrategies*.provider.unique().first() },
    file: { String name -> new File(name) },
]
println JsonOutput.toJson(new GroovyShell(this.class.classLoader, new Binding(scope)).evaluate(new File('scenario')))
