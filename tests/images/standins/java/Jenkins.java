import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Stands in for jenkins.war: tells its arguments, where it finds configuration and secrets, answers
 * on port 8080 and ends when it is told to. It is not Jenkins.
 */
public class Jenkins {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(System.getenv("JENKINS_HOME"));
        System.out.println("arguments: " + String.join(" ", arguments));
        System.out.println("tmpdir: " + System.getProperty("java.io.tmpdir"));
        read("configuration");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Files.writeString(home.resolve("stopped"), "in order\n");
            } catch (Exception e) {
                throw new RuntimeException(e);
            }
            System.out.println("stopped in order");
        }));
        try (ServerSocket server = new ServerSocket(8080)) {
            System.out.println("Jenkins is fully up and running");
            while (true) {
                try (Socket caller = server.accept()) {
                    answer(caller);
                }
            }
        }
    }

    private static void answer(Socket caller) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(caller.getInputStream()));
        String request = in.readLine();
        String token = System.getenv("CASC_RELOAD_TOKEN");
        String reload = "POST /reload-configuration-as-code/?casc-reload-token=" + token + " ";
        int status = 404;
        if (request.startsWith("GET /health/ ")) {
            status = 200;
        } else if (token != null && request.startsWith(reload)) {
            read("reloaded");
            status = 200;
        }
        String text = "HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        caller.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void read(String label) throws Exception {
        try (Stream<Path> files = Files.list(Path.of(System.getenv("CASC_JENKINS_CONFIG")))) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".yaml"))::iterator) {
                System.out.println(label + ": " + Files.readString(file).strip());
            }
        }
    }
}
