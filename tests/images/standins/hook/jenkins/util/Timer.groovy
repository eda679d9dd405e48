package jenkins.util

/** A stand-in that only keeps what is scheduled. */
class Timer {
    static final List<Runnable> scheduled = []

    static Timer get() { new Timer() }

    void scheduleWithFixedDelay(Runnable task, long delay, long period, unit) { scheduled << task }
}
