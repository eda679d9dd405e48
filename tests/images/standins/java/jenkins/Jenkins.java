import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Stands in for jenkins.war, in what the tests look at and nothing else. It reads the JCasC
 * documents and stops at the mistakes that are listed in casc.yaml; signs in the local
 * administrator; keeps to the matrix of permissions; serves a few pages and a part of the API; has
 * freestyle jobs with shell steps, and pipelines of one form, which resume after a restart; asks ECS
 * for agents with the calls of the amazon-ecs plugin, by the same SDK; takes agents by TCP and by
 * WebSocket. It runs no other pipeline, no plugin and no Groovy. It is not Jenkins.
 */
public class Jenkins {
    static final Path HOME = Path.of(System.getenv().getOrDefault("JENKINS_HOME", "/var/jenkins_home"));
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxx");

    /** Null while Jenkins starts, and for good when it has failed to. */
    static volatile Casc configuration;
    static volatile boolean failed;
    static volatile boolean quietingDown;
    static volatile String quietDownReason;
    static final Plugins plugins = new Plugins();
    static final Agents agents = new Agents();
    static final Jobs jobs = new Jobs();

    public static void main(String[] arguments) throws Exception {
        System.out.println("arguments: " + String.join(" ", arguments));
        System.out.println("tmpdir: " + System.getProperty("java.io.tmpdir"));
        show("configuration");
        Runtime.getRuntime().addShutdownHook(new Thread(Jenkins::stop));
        Http.serve(8080, new BelowPath(prefix(arguments), new Site()));
        plugins.load();
        jobs.load();
        agents.load();
        try {
            configuration = Casc.load(casc());
        } catch (Casc.Refused refusal) {
            failed = true;
            severe("hudson.util.BootFailure#publish", "Failed to initialize Jenkins", refusal);
            return;
        }
        jobs.made(configuration.jobs());
        agents.listen(configuration.agentPort());
        jobs.resume();
        info("hudson.lifecycle.Lifecycle#onReady", "Jenkins is fully up and running");
    }

    private static String prefix(String[] arguments) {
        return Stream.of(arguments)
                .filter(argument -> argument.startsWith("--prefix="))
                .map(argument -> argument.substring("--prefix=".length()))
                .findFirst()
                .orElse("");
    }

    /** Take the documents again; the old ones stay in force when they are refused. */
    static void reload() throws Exception {
        show("reloaded");
        configuration = Casc.load(casc());
        jobs.made(configuration.jobs());
        info("io.jenkins.plugins.casc.ConfigurationAsCode#configure", "Reloaded");
    }

    private static Path casc() {
        return Path.of(System.getenv("CASC_JENKINS_CONFIG"));
    }

    private static void show(String label) throws Exception {
        try (Stream<Path> files = Files.list(casc())) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".yaml"))::iterator) {
                System.out.println(label + ": " + Files.readString(file).strip());
            }
        }
    }

    private static void stop() {
        try {
            agents.stop(Set.copyOf(Pipeline.suspend()));
            Files.writeString(HOME.resolve("stopped"), "in order\n");
        } catch (Exception failure) {
            severe("Jenkins#stop", "Failed to stop", failure);
        }
        System.out.println("stopped in order");
    }

    static void info(String source, String message) {
        log("INFO", source, message);
    }

    static void warning(String source, String message) {
        log("WARNING", source, message);
    }

    static void severe(String source, String message, Exception cause) {
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        log("SEVERE", source, message + "\n" + trace.toString().strip());
    }

    private static void log(String level, String source, String message) {
        String time = OffsetDateTime.now(ZoneOffset.UTC).format(TIME);
        long thread = Thread.currentThread().threadId();
        System.out.println(time + " [id=" + thread + "]\t" + level + "\t" + source + ": " + message);
    }
}
