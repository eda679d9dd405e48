import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for the Jenkins agent. It is called as the amazon-ecs plugin calls it, asks the
 * controller's address for the agent port and connects there (or to the tunnel), or connects to the
 * address itself by WebSocket. It runs the scripts that it is sent as the `sh` step does: written to
 * a file below the work folder and started by `nohup sh -c`, with the interpreter of the first line
 * or /bin/sh -xe. Every script makes it load a class that it has not needed before. When the
 * connection is closed, scripts keep running, and it tries to connect until it succeeds or is
 * rejected; the next controller can continue to watch a script. It is not Jenkins remoting.
 */
public class Agent {
    public static void main(String[] arguments) throws Exception {
        List<String> given = List.of(arguments);
        String secret = given.get(given.size() - 2);
        String name = given.get(given.size() - 1);
        Path work = Path.of(System.getenv().getOrDefault("AGENT_WORKDIR", "/home/jenkins/agent"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("agent ended")));
        while (true) {
            try (Link link = connected(given, name, secret)) {
                System.out.println("Connected as " + name);
                connection = link;
                serve(link, work);
            } catch (IOException gone) {
                System.err.println("WARNING: The connection was lost: " + gone);
            }
        }
    }

    private static final Map<String, Step> steps = new HashMap<>();
    /** The connection in use. */
    private static volatile Link connection;

    /** Start and watch scripts until the connection is closed. */
    private static void serve(Link link, Path work) throws Exception {
        for (String message = link.receive(); message != null; message = link.receive()) {
            String[] lines = message.split("\n", 3);
            String[] order = lines[0].split(" ");
            String id = order[1];
            if (order[0].equals("start")) {
                Class<?> fresh = Class.forName("Agent$Step" + (1 + steps.size() % 9));
                Step step = (Step) fresh.getDeclaredConstructor().newInstance();
                step.start(lines[2], Files.createDirectories(work.resolve("workspace").resolve(lines[1])), id);
                steps.put(id, step);
            }
            int from = order[0].equals("start") ? 0 : Integer.parseInt(order[2]);
            Step step = steps.get(id);
            if (step == null) {
                link.send("ended -1");
            } else {
                Thread.startVirtualThread(() -> step.watch(link, from));
            }
        }
    }

    /** The link to the controller, once it has accepted the name and the secret. */
    private static Link connected(List<String> given, String name, String secret) throws Exception {
        URI url = URI.create(value(given, "-url"));
        while (true) {
            try {
                Link link = given.contains("-webSocket")
                        ? WebSocketLink.to(url, name, secret)
                        : tcp(url, value(given, "-tunnel"));
                link.send(name + "\n" + secret);
                String answer = link.receive();
                if (answer == null) {
                    throw new IOException("the server closed the connection");
                }
                if (!"welcome".equals(answer)) {
                    System.err.println("SEVERE: The server rejected the connection: " + answer);
                    System.exit(255);
                }
                return link;
            } catch (IOException failure) {
                System.err.println("WARNING: Could not connect to " + url + ": " + failure);
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private static Link tcp(URI url, String tunnel) throws IOException {
        HttpURLConnection listener =
                (HttpURLConnection) url.resolve("tcpSlaveAgentListener/").toURL().openConnection();
        String port = listener.getHeaderField("X-Jenkins-JNLP-Port");
        if (listener.getResponseCode() != 200 || port == null) {
            throw new IOException(url + " offers no agent port");
        }
        String[] address = (tunnel == null ? url.getHost() + ":" + port : tunnel).split(":");
        return Link.over(new Socket(address[0], Integer.parseInt(address[1])));
    }

    private static String value(List<String> given, String option) {
        int at = given.indexOf(option);
        return at < 0 ? null : given.get(at + 1);
    }

    static class Step {
        private Process process;
        private Path log;

        void start(String script, Path workspace, String id) throws IOException {
            Path control = Files.createDirectories(Path.of(workspace + "@tmp/durable-" + id));
            String text = script.startsWith("#!") ? script : "#!/bin/sh -xe\n" + script;
            String interpreter = text.lines().findFirst().orElseThrow().substring(2);
            Path file = Files.writeString(control.resolve("script.sh"), text);
            file.toFile().setExecutable(true);
            log = Files.createFile(control.resolve("log"));
            String command = interpreter + " '" + file + "' > '" + log + "' 2>&1";
            process = new ProcessBuilder("nohup", "sh", "-c", command)
                    .directory(new File(workspace.toString()))
                    .redirectErrorStream(true)
                    .start();
        }

        /** Send what the script prints after some bytes, and how it ends, while the link is used. */
        void watch(Link link, int from) {
            int sent = from;
            try {
                boolean ended;
                do {
                    ended = process.waitFor(100, TimeUnit.MILLISECONDS);
                    byte[] all = Files.readAllBytes(log);
                    if (all.length > sent) {
                        link.send("printed " + new String(all, sent, all.length - sent, StandardCharsets.UTF_8));
                        sent = all.length;
                    }
                } while (!ended && connection == link);
                if (ended) {
                    link.send("ended " + process.exitValue());
                }
            } catch (IOException | InterruptedException gone) {
                System.err.println("WARNING: The output was not sent: " + gone);
            }
        }
    }

    static class Step1 extends Step {}
    static class Step2 extends Step {}
    static class Step3 extends Step {}
    static class Step4 extends Step {}
    static class Step5 extends Step {}
    static class Step6 extends Step {}
    static class Step7 extends Step {}
    static class Step8 extends Step {}
    static class Step9 extends Step {}
}
