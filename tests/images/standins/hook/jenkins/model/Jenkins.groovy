package jenkins.model

/** A stand-in with the methods that the hooks call. */
class Jenkins {
    static final Jenkins INSTANCE = new Jenkins()
    List nodes = []
    List clouds = []
    boolean quietingDown
    String rootUrl = 'https://ci.example.com/'
    Map pluginManager = [uberClassLoader: Jenkins.classLoader]
    private Map extensions = [:].withDefault { [] }

    static Jenkins get() { INSTANCE }

    void addNode(node) { nodes = nodes + node }

    void removeNode(node) { nodes = nodes - node }

    List getExtensionList(Class kind) { extensions[kind] }
}
