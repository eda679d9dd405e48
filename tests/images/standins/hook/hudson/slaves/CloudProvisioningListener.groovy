package hudson.slaves

import hudson.model.Label
import hudson.model.Node
import hudson.model.queue.CauseOfBlockage

abstract class CloudProvisioningListener {
    CauseOfBlockage canProvision(Cloud cloud, Label label, int wanted) { null }

    void onComplete(NodeProvisioner.PlannedNode planned, Node node) {}
}
