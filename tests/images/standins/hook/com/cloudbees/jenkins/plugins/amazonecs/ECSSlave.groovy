package com.cloudbees.jenkins.plugins.amazonecs

/** A stand-in for the plugin's agent. */
class ECSSlave extends hudson.model.Node {
    String taskArn, clusterArn
    Closure ecs
    def cloud, template

    boolean isSurvivable() { ecs() }

    void terminate() { jenkins.model.Jenkins.get().removeNode(this) }
}
