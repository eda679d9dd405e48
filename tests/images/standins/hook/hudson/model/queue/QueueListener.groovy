package hudson.model.queue

abstract class QueueListener {
    void onLeft(hudson.model.Queue.LeftItem item) {}
}
