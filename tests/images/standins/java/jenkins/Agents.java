import com.amazonaws.services.ecs.model.AwsVpcConfiguration;
import com.amazonaws.services.ecs.model.CapacityProviderStrategyItem;
import com.amazonaws.services.ecs.model.ContainerDefinition;
import com.amazonaws.services.ecs.model.ContainerOverride;
import com.amazonaws.services.ecs.model.DescribeTaskDefinitionRequest;
import com.amazonaws.services.ecs.model.KeyValuePair;
import com.amazonaws.services.ecs.model.NetworkConfiguration;
import com.amazonaws.services.ecs.model.RunTaskRequest;
import com.amazonaws.services.ecs.model.RunTaskResult;
import com.amazonaws.services.ecs.model.StopTaskRequest;
import com.amazonaws.services.ecs.model.Tag;
import com.amazonaws.services.ecs.model.Task;
import com.amazonaws.services.ecs.model.TaskDefinition;
import com.amazonaws.services.ecs.model.TaskOverride;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Agents from ECS, asked for as the amazon-ecs plugin (1.49) asks: the same calls with the same
 * parameters, by the same SDK with its own search for credentials and endpoints. One agent a build,
 * stopped after it.
 */
class Agents {
    private static final String SOURCE = "com.cloudbees.jenkins.plugins.amazonecs.ECSLauncher#launch";
    private static final int RETRY_SECONDS = 5;
    final Map<String, Node> nodes = new ConcurrentSkipListMap<>();
    private volatile int port = -1;

    /** Agents of an earlier controller, without those that the hook remove-stale-nodes removes. */
    void load() throws IOException {
        for (Node node : Node.saved()) {
            if (node.isSurvivable()) {
                nodes.put(node.name, node);
            } else {
                node.forget();
            }
        }
    }

    int port() {
        return port;
    }

    /** Take agents by TCP on a port; -1 for none. */
    void listen(int on) throws IOException {
        if (on < 0) {
            return;
        }
        ServerSocket server = new ServerSocket(on);
        port = server.getLocalPort();
        Thread.ofPlatform().start(() -> {
            while (true) {
                try {
                    Socket caller = server.accept();
                    Thread.startVirtualThread(() -> greet(caller));
                } catch (IOException failure) {
                    Jenkins.severe("hudson.TcpSlaveAgentListener#run", "Failed to accept an agent", failure);
                }
            }
        });
    }

    private void greet(Socket caller) {
        try {
            accept(Link.over(caller)).join();
        } catch (Exception failure) {
            Jenkins.warning("hudson.TcpSlaveAgentListener#run", failure.toString());
        }
    }

    /** Let an agent in that knows its name and secret; what ends with the use of the agent. */
    CompletableFuture<Void> accept(Link link) throws IOException {
        String[] nameAndSecret = String.valueOf(link.receive()).split("\n", 2);
        Node node = nodes.get(nameAndSecret[0]);
        if (node == null || nameAndSecret.length < 2 || !node.secret.equals(nameAndSecret[1])) {
            link.send("Unknown client name or secret: " + nameAndSecret[0]);
            link.close();
            return CompletableFuture.completedFuture(null);
        }
        link.send("welcome");
        node.link = link;
        return new CompletableFuture<>();
    }

    boolean provides(String label) {
        return template(label) != null;
    }

    /** Cloud and template of a label: the first template that has it. */
    private static Map.Entry<Map<?, ?>, Map<?, ?>> template(String label) {
        for (Map<?, ?> cloud : Jenkins.configuration.clouds()) {
            for (Object template : (List<?>) cloud.get("templates")) {
                if (List.of(Casc.text((Map<?, ?>) template, "label").split(" ")).contains(label)) {
                    return Map.entry(cloud, (Map<?, ?>) template);
                }
            }
        }
        return null;
    }

    /** An agent for a label, as soon as one is connected. */
    Node take(String label, Consumer<String> why) throws InterruptedException {
        while (true) {
            Map.Entry<Map<?, ?>, Map<?, ?>> found = template(label);
            if (found == null) {
                why.accept("‘Jenkins’ doesn’t have label ‘" + label + "’");
                TimeUnit.SECONDS.sleep(1);
                continue;
            }
            why.accept("There are no nodes with the label ‘" + label + "’");
            Map<?, ?> cloud = found.getKey();
            Node node = Node.of(cloud, found.getValue(), label);
            nodes.put(node.name, node);
            try {
                launch(node, cloud, found.getValue());
                return node;
            } catch (RuntimeException | TimeoutException failure) {
                Jenkins.warning(SOURCE, node.name + ": " + failure.getMessage());
                why.accept(failure.getMessage());
                release(node);
                TimeUnit.SECONDS.sleep(RETRY_SECONDS);
            }
        }
    }

    /** Run the task and wait until its agent is there. */
    private void launch(Node node, Map<?, ?> cloud, Map<?, ?> template) throws TimeoutException, InterruptedException {
        RunTaskResult answer = node.ecs().runTask(request(node, cloud, template));
        if (!answer.getFailures().isEmpty() || answer.getTasks().isEmpty()) {
            throw new IllegalStateException("Failed to run task: " + answer.getFailures());
        }
        node.taskArn = answer.getTasks().get(0).getTaskArn();
        Jenkins.info(SOURCE, "[" + node.name + "]: Agent created, task " + node.taskArn);
        int seconds = Casc.number(cloud, "slaveTimeoutInSeconds", 900);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < deadline) {
            try {
                node.connected(Casc.number(cloud, "taskPollingIntervalInSeconds", 1), null);
                node.save();
                Jenkins.info(SOURCE, "[" + node.name + "]: Agent connected");
                return;
            } catch (TimeoutException notYet) {
                Task task = node.task();
                if (task.getLastStatus().equals("STOPPED")) {
                    throw new IllegalStateException("Task stopped before its agent was connected: " + task.getStoppedReason());
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        throw new TimeoutException("The agent was not connected after " + seconds + " seconds");
    }

    /** RunTask as ECSService.runEcsTask of the plugin sends it. */
    private static RunTaskRequest request(Node node, Map<?, ?> cloud, Map<?, ?> template) {
        TaskDefinition definition = node.ecs()
                .describeTaskDefinition(new DescribeTaskDefinitionRequest()
                        .withTaskDefinition(Casc.text(template, "taskDefinitionOverride")))
                .getTaskDefinition();
        List<String> names = definition.getContainerDefinitions().stream().map(ContainerDefinition::getName).toList();
        String container = Casc.text(template, "agentContainerName");
        if (container == null) {
            container = names.get(0);
        }
        if (!names.contains(container)) {
            throw new IllegalStateException("Could not find agent container name: " + container);
        }
        List<String> command = new ArrayList<>(List.of("-url", Casc.text(cloud, "jenkinsUrl")));
        if (cloud.get("tunnel") != null) {
            command.addAll(List.of("-tunnel", Casc.text(cloud, "tunnel")));
        }
        command.addAll(List.of(node.secret, node.name));
        RunTaskRequest request = new RunTaskRequest()
                .withTaskDefinition(definition.getTaskDefinitionArn())
                .withCluster(node.cluster)
                .withPropagateTags("TASK_DEFINITION")
                .withEnableExecuteCommand(Boolean.TRUE.equals(template.get("enableExecuteCommand")))
                .withTags(
                        new Tag().withKey("jenkins.label").withValue(node.label),
                        // The plugin's constructor empties the name beside a definition of one's own.
                        new Tag().withKey("jenkins.templatename").withValue(""))
                .withOverrides(new TaskOverride()
                        .withContainerOverrides(new ContainerOverride()
                                .withName(container)
                                .withCommand(command)
                                .withEnvironment(
                                        new KeyValuePair().withName("SLAVE_NODE_NAME").withValue(node.name),
                                        new KeyValuePair().withName("SLAVE_NODE_SECRET").withValue(node.secret))));
        if (template.get("capacityProviderStrategies") instanceof List<?> strategies) {
            request.withCapacityProviderStrategy(strategies.stream()
                    .map(strategy -> (Map<?, ?>) strategy)
                    .map(strategy -> new CapacityProviderStrategyItem()
                            .withCapacityProvider(Casc.text(strategy, "provider"))
                            .withBase(Casc.number(strategy, "base", 0))
                            .withWeight(Casc.number(strategy, "weight", 1)))
                    .toList());
        } else {
            request.withLaunchType(template.get("launchType") == null ? "EC2" : Casc.text(template, "launchType"));
        }
        if (definition.getNetworkMode().equals("awsvpc")) {
            request.withNetworkConfiguration(new NetworkConfiguration()
                    .withAwsvpcConfiguration(new AwsVpcConfiguration()
                            .withAssignPublicIp(Boolean.TRUE.equals(template.get("assignPublicIp")) ? "ENABLED" : "DISABLED")
                            .withSecurityGroups(Casc.text(template, "securityGroups").split(","))
                            .withSubnets(Casc.text(template, "subnets").split(","))));
        }
        return request;
    }

    /** End an agent and its task. */
    void release(Node node) {
        nodes.remove(node.name);
        try {
            node.forget();
            if (node.taskArn != null) {
                node.ecs().stopTask(new StopTaskRequest()
                        .withCluster(node.cluster)
                        .withTask(node.taskArn)
                        .withReason("Stopped by Jenkins"));
                Jenkins.info(SOURCE, "[" + node.name + "]: Task " + node.taskArn + " stopped");
            }
            if (node.link != null) {
                node.link.close();
            }
        } catch (IOException | RuntimeException failure) {
            Jenkins.warning(SOURCE, node.name + ": " + failure.getMessage());
        }
    }

    /** An orderly stop of Jenkins stops the tasks of freestyle builds; those of pipelines stay. */
    void stop(Set<String> ofPipelines) {
        nodes.values().stream().filter(node -> !ofPipelines.contains(node.name)).forEach(this::release);
    }
}
