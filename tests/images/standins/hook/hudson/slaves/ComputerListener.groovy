package hudson.slaves

abstract class ComputerListener {
    void onOnline(hudson.model.Computer computer, hudson.model.TaskListener listener) {}
}
