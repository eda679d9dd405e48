package hudson.model

class Run {
    Result result
    Map parent
    int number
    String url
}
