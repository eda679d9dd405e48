import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a pipeline of the form `node('label') { sh '''...''' }`, with one step or more. Of Pipeline
 * and its durable tasks it has this: the build, its step and how much of the step's output was read
 * are saved in the home; scripts run on the agent without it; the next controller waits for the
 * agent, as long as Pipeline's own property says, and watches the script from there. What was
 * started is not started again. There is no Groovy, no flow graph and no serialized program.
 */
class Pipeline {
    static final String EXECUTABLE =
            "org.jenkinsci.plugins.workflow.support.steps.ExecutorStepExecution$PlaceholderTask$PlaceholderExecutable";
    private static final Pattern NODE = Pattern.compile("\\s*node\\('([^']+)'\\)\\s*\\{.*\\}\\s*", Pattern.DOTALL);
    private static final Pattern SH = Pattern.compile("\\bsh '''(.*?)'''", Pattern.DOTALL);
    private static final long RECONNECT_SECONDS = Long.getLong(
                    "org.jenkinsci.plugins.workflow.support.pickles.ExecutorPickle.timeoutForNodeMillis", 300_000L)
            / 1000;
    /** True once Jenkins stops: nothing more is started, read or saved. */
    private static volatile boolean suspended;

    static String label(String script) {
        Matcher node = NODE.matcher(script);
        return node.matches() ? node.group(1) : "";
    }

    static List<String> steps(String script) {
        List<String> found = new ArrayList<>();
        if (NODE.matcher(script).matches()) {
            SH.matcher(script).results().forEach(step -> found.add(step.group(1)));
        }
        return found;
    }

    /** Run a build to its end, from the beginning or from where an earlier controller left it. */
    static void run(Jobs.Build build) {
        try {
            Node node = build.node.isEmpty() ? taken(build) : known(build);
            String result = node == null ? "FAILURE" : steps(build, node);
            synchronized (build) {
                check();
                Jobs.end(build, result);
            }
            if (node != null) {
                Jenkins.agents.release(node);
            }
        } catch (InterruptedException stopped) {
            // The next controller resumes the build.
        } catch (Exception failure) {
            Jenkins.severe("Pipeline#run", "Failed to run " + build.job.name, failure);
        }
    }

    private static Node taken(Jobs.Build build) throws Exception {
        Node taken = Jenkins.agents.take(build.job.label, why -> {});
        synchronized (build) {
            check();
            build.node = taken.name;
            String workspace = taken.workFolder + "/workspace/" + build.job.name;
            build.log.append("Running on " + taken.name + " in " + workspace + "\n");
            build.keep();
        }
        return taken;
    }

    private static Node known(Jobs.Build build) {
        build.log.append("Resuming build after Jenkins restart\n");
        Node known = Jenkins.agents.nodes.get(build.node);
        if (known == null) {
            build.log.append("Agent " + build.node + " was removed; the build cannot be resumed\n");
        }
        return known;
    }

    private static String steps(Jobs.Build build, Node node) throws Exception {
        Link lost = null;
        while (build.step < build.job.steps.size()) {
            try {
                Link agent = lost = node.connected(RECONNECT_SECONDS, lost);
                order(build, agent);
                int status = watch(build, agent);
                synchronized (build) {
                    check();
                    if (status != 0) {
                        build.log.append("ERROR: script returned exit code " + status + "\n");
                        return "FAILURE";
                    }
                    build.step++;
                    build.started = false;
                    build.read = 0;
                    build.keep();
                }
                lost = null;
            } catch (TimeoutException gone) {
                build.log.append(gone.getMessage() + "\n");
                return "FAILURE";
            } catch (IOException disconnected) {
                build.log.append("Cannot contact " + node.name + ": " + disconnected.getMessage() + "\n");
            }
        }
        return "SUCCESS";
    }

    /** Start the step, or watch it from where its output was left. */
    private static void order(Jobs.Build build, Link agent) throws Exception {
        synchronized (build) {
            check();
            if (build.started) {
                agent.send("watch " + id(build) + " " + build.read + "\n" + build.job.name);
                return;
            }
            build.started = true;
            build.keep();
            start(build, build.job.steps.get(build.step), agent);
        }
    }

    private static String id(Jobs.Build build) {
        return build.number + "-" + build.step;
    }

    static void start(Jobs.Build build, String script, Link agent) throws IOException {
        agent.send("start " + id(build) + "\n" + build.job.name + "\n" + script);
    }

    /** Read what a step prints into the log until it ends; its exit status. */
    static int watch(Jobs.Build build, Link agent) throws Exception {
        while (true) {
            String message = agent.receive();
            if (message == null) {
                throw new IOException("the connection was closed by the agent");
            }
            String[] kindAndRest = message.split(" ", 2);
            if (kindAndRest[0].equals("ended")) {
                return Integer.parseInt(kindAndRest[1]);
            }
            synchronized (build) {
                if (build.job.pipeline) {
                    check();
                }
                build.log.append(kindAndRest[1]);
                build.read += kindAndRest[1].getBytes(StandardCharsets.UTF_8).length;
            }
        }
    }

    private static void check() throws InterruptedException {
        if (suspended) {
            throw new InterruptedException();
        }
    }

    /** Save the pipelines that run, for the next controller; the names of their agents. */
    static List<String> suspend() throws IOException {
        suspended = true;
        List<String> nodes = new ArrayList<>();
        for (Jobs.Build build : Jenkins.jobs.running()) {
            if (build.job.pipeline) {
                build.keep();
                nodes.add(build.node);
            }
        }
        return nodes;
    }
}
