package com.cloudbees.jenkins.plugins.amazonecs

/** A stand-in for the plugin's agent. */
class ECSSlave {
    String nodeName
    String taskArn
    Closure ecs

    boolean isSurvivable() { ecs() }
}
