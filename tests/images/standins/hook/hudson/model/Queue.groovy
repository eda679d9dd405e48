package hudson.model

class Queue {
    static class LeftItem {
        def outcome
        long inQueueSince
    }
}
