package hudson.model.queue

abstract class CauseOfBlockage {
    abstract String getShortDescription()
}
