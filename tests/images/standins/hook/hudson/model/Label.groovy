package hudson.model

class Label {
    String name
    def loadStatistics = [computeSnapshot: { -> [onlineExecutors: 1, connectingExecutors: 2] }]

    static Label get(String name) { new Label(name: name) }

    boolean matches(Node node) { name in node.template.label.split(' ') }
}
