import java.io.File;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Stands in for the Jenkins agent. It is called as the amazon-ecs plugin calls it, asks its
 * controller for scripts and runs them as the `sh` step does: written to a file below the work
 * folder and started by `nohup sh -c`, with the interpreter of the first line or /bin/sh -xe.
 * Every script makes it load a class that it has not needed before. It is not Jenkins remoting.
 */
public class Agent {
    static String url;

    public static void main(String[] arguments) throws Exception {
        List<String> given = List.of(arguments);
        url = given.get(given.indexOf("-url") + 1);
        Path work = Path.of(System.getenv().getOrDefault("AGENT_WORKDIR", "/home/jenkins/agent"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("agent ended")));
        System.out.println("Connected as " + given.get(given.size() - 1));
        for (int number = 1; ; number++) {
            String script = call("GET", "/next", null, Map.of());
            if (script.isEmpty()) {
                return;
            }
            Class<?> fresh = Class.forName("Agent$Step" + (1 + (number - 1) % 9));
            Object step = fresh.getDeclaredConstructor().newInstance();
            ((Step) step).run(script, Files.createDirectories(work.resolve("workspace/job")), number);
        }
    }

    static String call(String method, String path, String body, Map<String, String> headers)
            throws Exception {
        HttpURLConnection to = (HttpURLConnection) URI.create(url + path).toURL().openConnection();
        to.setRequestMethod(method);
        headers.forEach(to::setRequestProperty);
        if (body != null) {
            to.setDoOutput(true);
            to.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = to.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static class Step {
        void run(String script, Path workspace, int number) throws Exception {
            Path control = Files.createDirectories(Path.of(workspace + "@tmp/durable-" + number));
            String text = script.startsWith("#!") ? script : "#!/bin/sh -xe\n" + script;
            String interpreter = text.lines().findFirst().orElseThrow().substring(2);
            Path file = Files.writeString(control.resolve("script.sh"), text);
            file.toFile().setExecutable(true);
            String command = interpreter + " '" + file + "' > '" + control + "/log' 2>&1";
            int status = new ProcessBuilder("nohup", "sh", "-c", command)
                    .directory(new File(workspace.toString()))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
            String log = Files.readString(control.resolve("log"));
            call("POST", "/done", log, Map.of("X-Status", Integer.toString(status)));
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
