import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for the Jenkins agent. It is called as the amazon-ecs plugin calls it, asks the
 * controller's address for the agent port and connects there (or to the tunnel), or connects to the
 * address itself by WebSocket. It runs the scripts that it is sent as the `sh` step does: written to
 * a file below the work folder and started by `nohup sh -c`, with the interpreter of the first line
 * or /bin/sh -xe. Every script makes it load a class that it has not needed before. It tries to
 * connect until it succeeds, and ends when the controller closes the connection. It is not Jenkins
 * remoting.
 */
public class Agent {
    public static void main(String[] arguments) throws Exception {
        List<String> given = List.of(arguments);
        String secret = given.get(given.size() - 2);
        String name = given.get(given.size() - 1);
        Path work = Path.of(System.getenv().getOrDefault("AGENT_WORKDIR", "/home/jenkins/agent"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("agent ended")));
        try (Link link = connected(given, name, secret)) {
            System.out.println("Connected as " + name);
            for (int number = 1; ; number++) {
                String message = link.receive();
                if (message == null) {
                    return;
                }
                String[] jobAndScript = message.split("\n", 2);
                Class<?> fresh = Class.forName("Agent$Step" + (1 + (number - 1) % 9));
                Step step = (Step) fresh.getDeclaredConstructor().newInstance();
                Path workspace = Files.createDirectories(work.resolve("workspace").resolve(jobAndScript[0]));
                step.run(jobAndScript[1], workspace, number, link);
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
        void run(String script, Path workspace, int number, Link link) throws Exception {
            Path control = Files.createDirectories(Path.of(workspace + "@tmp/durable-" + number));
            String text = script.startsWith("#!") ? script : "#!/bin/sh -xe\n" + script;
            String interpreter = text.lines().findFirst().orElseThrow().substring(2);
            Path file = Files.writeString(control.resolve("script.sh"), text);
            file.toFile().setExecutable(true);
            Path log = Files.createFile(control.resolve("log"));
            String command = interpreter + " '" + file + "' > '" + log + "' 2>&1";
            Process process = new ProcessBuilder("nohup", "sh", "-c", command)
                    .directory(new File(workspace.toString()))
                    .redirectErrorStream(true)
                    .start();
            int sent = 0;
            boolean ended;
            do {
                ended = process.waitFor(100, TimeUnit.MILLISECONDS);
                byte[] all = Files.readAllBytes(log);
                if (all.length > sent) {
                    link.send("printed " + new String(all, sent, all.length - sent, StandardCharsets.UTF_8));
                    sent = all.length;
                }
            } while (!ended);
            link.send("ended " + process.exitValue());
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
