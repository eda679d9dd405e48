package jenkins.model

abstract class NodeListener {
    protected void onDeleted(hudson.model.Node node) {}
}
