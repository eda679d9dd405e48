package jenkins.model

/** A stand-in with the methods that the hook calls. */
class Jenkins {
    static final Jenkins INSTANCE = new Jenkins()
    List nodes = []

    static Jenkins get() { INSTANCE }

    void removeNode(node) { nodes = nodes - node }
}
