// When Jenkins starts: remove ECS agents whose tasks ended while no controller was running. They
// would stay offline forever, and builds would wait for them.

final here = jenkins.model.Jenkins.get()
// By class name, because the plugin may not be installed.
for (node in here.nodes.findAll { it.class.name == 'com.cloudbees.jenkins.plugins.amazonecs.ECSSlave' }) {
    try {
        // Without a task it was never started; `survivable` asks ECS about the task.
        if (!node.taskArn || !node.survivable) {
            here.removeNode(node)
            println "jenkins-platform: removed ${node.nodeName}, its task ${node.taskArn} is gone"
        }
    } catch (Exception | LinkageError e) {
        // ECS does not answer, or the node was saved by another version: the start must not fail.
        println "jenkins-platform: left ${node.nodeName} as it is: ${e}"
    }
}
