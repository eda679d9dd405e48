package hudson.model.listeners

import hudson.model.TaskListener

abstract class RunListener<R> {
    void onCompleted(R run, TaskListener listener) { }
}
