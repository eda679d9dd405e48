package hudson.model

class Node {
    enum Mode { NORMAL, EXCLUSIVE }

    String nodeName
    Mode mode = Mode.EXCLUSIVE
    def computer, launcher, retentionStrategy

    def toComputer() { computer }
}
