package com.cloudbees.jenkins.plugins.amazonecs

import hudson.model.Label
import hudson.slaves.Cloud
import hudson.slaves.NodeProvisioner

/** A stand-in for the plugin's cloud, with one template. */
class ECSCloud extends Cloud {
    String label
    int retentionTimeout = 5
    int maxAgents = 100
    List asked = []

    boolean canProvision(Label wanted) { wanted.name == label }

    int getProvisioningCapacity(int excess, int online, int connecting) {
        asked << [capacity: [excess, online, connecting]]
        Math.min(excess, maxAgents)
    }

    List provision(Label wanted, int count) {
        asked << [provision: [wanted.name, count]]
        (0..<count).collect { new NodeProvisioner.PlannedNode(displayName: "fargate-${label}-${it}") }
    }
}
