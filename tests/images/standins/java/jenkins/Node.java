import com.amazonaws.services.ecs.AmazonECS;
import com.amazonaws.services.ecs.AmazonECSClientBuilder;
import com.amazonaws.services.ecs.model.DescribeTasksRequest;
import com.amazonaws.services.ecs.model.Task;
import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * An agent that was asked for. It is saved in the home once it has connected, as the plugin saves
 * the node then, so that the next controller knows its name, secret and task.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NON_PRIVATE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
class Node {
    private static final List<String> UP = List.of("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING");

    String name;
    String label;
    String workFolder;
    String secret;
    String region;
    String cluster;
    volatile String taskArn;
    /** The last connection; null before the first. */
    transient volatile Link link;
    private transient AmazonECS ecs;

    static Node of(Map<?, ?> cloud, Map<?, ?> template, String label) {
        Node node = new Node();
        node.name = Casc.text(cloud, "name") + "-" + label + "-" + Security.random(3);
        node.label = Casc.text(template, "label");
        node.workFolder = Casc.text(template, "remoteFSRoot");
        node.secret = Security.random(32);
        node.region = Casc.text(cloud, "regionName");
        node.cluster = Casc.text(cloud, "cluster");
        return node;
    }

    private static Path folder() throws IOException {
        return Files.createDirectories(Jenkins.HOME.resolve("nodes"));
    }

    private Path file() throws IOException {
        return folder().resolve(name + ".json");
    }

    static List<Node> saved() throws IOException {
        List<Node> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder())) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".json"))::iterator) {
                found.add(Jobs.JSON.readValue(file.toFile(), Node.class));
            }
        }
        return found;
    }

    void save() throws IOException {
        Jobs.write(file(), Jobs.JSON.writeValueAsString(this));
    }

    void forget() throws IOException {
        Files.deleteIfExists(file());
    }

    synchronized AmazonECS ecs() {
        if (ecs == null) {
            ecs = AmazonECSClientBuilder.standard().withRegion(region).build();
        }
        return ecs;
    }

    Task task() {
        return ecs()
                .describeTasks(new DescribeTasksRequest().withCluster(cluster).withTasks(taskArn))
                .getTasks()
                .stream()
                .findFirst()
                .orElse(new Task().withLastStatus("STOPPED"));
    }

    /** As the plugin asks; without an answer of ECS the agent is left. */
    boolean isSurvivable() {
        try {
            Task task = task();
            return UP.contains(task.getLastStatus()) && UP.contains(task.getDesiredStatus());
        } catch (RuntimeException failure) {
            return true;
        }
    }

    /** The connection, once there is one and not the one that was lost. */
    Link connected(long seconds, Link lost) throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (link == null || link == lost) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("Timeout waiting for agent to come back");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return link;
    }

    Map<String, Object> json() {
        return Map.of(
                "displayName", name,
                "offline", link == null,
                "idle", false,
                "numExecutors", 1,
                "assignedLabels", List.of(Map.of("name", name), Map.of("name", label)));
    }
}
