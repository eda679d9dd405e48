import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Jobs with a label and shell steps, kept in the home with their builds: freestyle jobs, and
 * pipelines of one form.
 */
class Jobs {
    /** A job; without steps when it is a pipeline of another form, which nothing runs here. */
    static class Job {
        final String name;
        boolean pipeline;
        String label = "";
        List<String> steps = List.of();
        final Map<Integer, Build> builds = new ConcurrentSkipListMap<>(Comparator.reverseOrder());

        Job(String name) {
            this.name = name;
        }

        Path folder() {
            return Jenkins.HOME.resolve("jobs").resolve(name);
        }

        int nextNumber() {
            return builds.keySet().stream().findFirst().orElse(0) + 1;
        }
    }

    static class Build {
        final Job job;
        final int number;
        final StringBuffer log = new StringBuffer();
        volatile String result;
        volatile String node = "";
        /** The step that runs or is next. */
        int step;
        /** Of a pipeline: whether the step was started, and how many bytes of its output were read. */
        boolean started;

        int read;

        Build(Job job, int number) {
            this.job = job;
            this.number = number;
        }

        Map<String, Object> json() {
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("number", number);
            found.put("building", result == null);
            found.put("result", result);
            found.put("builtOn", node);
            return found;
        }

        synchronized void keep() throws IOException {
            Path folder = Files.createDirectories(job.folder().resolve("builds").resolve("" + number));
            Map<String, Object> kept = new LinkedHashMap<>(json());
            kept.putAll(Map.of("log", log.toString(), "step", step, "started", started, "read", read));
            write(folder.resolve("build.json"), JSON.writeValueAsString(kept));
        }
    }

    /** A build that has not begun, and then the build. */
    static class Item {
        final int id;
        final Job job;
        volatile String why = "In the quiet period";
        volatile Build build;

        Item(int id, Job job) {
            this.id = id;
            this.job = job;
        }
    }

    static final ObjectMapper JSON = new ObjectMapper();
    final Map<String, Job> all = new ConcurrentSkipListMap<>();
    final Map<Integer, Item> queue = new ConcurrentSkipListMap<>();
    private final AtomicInteger nextItem = new AtomicInteger(1);

    /** The builds that have begun and not ended. */
    List<Build> running() {
        return all.values().stream()
                .flatMap(job -> job.builds.values().stream())
                .filter(build -> build.result == null)
                .toList();
    }

    /** Jobs and builds that an earlier controller left. */
    void load() throws Exception {
        Path folder = Files.createDirectories(Jenkins.HOME.resolve("jobs"));
        try (Stream<Path> names = Files.list(folder)) {
            for (Path one : (Iterable<Path>) names::iterator) {
                Job job = create(one.getFileName().toString(), Files.readString(one.resolve("config.xml")));
                Path builds = Files.createDirectories(one.resolve("builds"));
                try (Stream<Path> numbers = Files.list(builds)) {
                    for (Path number : (Iterable<Path>) numbers.filter(Jobs::kept)::iterator) {
                        Build build = new Build(job, Integer.parseInt(number.getFileName().toString()));
                        Map<?, ?> kept = JSON.readValue(number.resolve("build.json").toFile(), Map.class);
                        build.result = (String) kept.get("result");
                        build.node = (String) kept.get("builtOn");
                        build.log.append(kept.get("log"));
                        build.step = (int) kept.get("step");
                        build.started = (boolean) kept.get("started");
                        build.read = (int) kept.get("read");
                        job.builds.put(build.number, build);
                    }
                }
            }
        }
    }

    private static boolean kept(Path build) {
        return Files.exists(build.resolve("build.json"));
    }

    /** Replace a file as a whole, so that whatever ends this leaves the old content or the new. */
    static void write(Path file, String content) throws IOException {
        Path partial = Files.writeString(file.resolveSibling(file.getFileName() + ".partial"), content);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Continue the pipelines that an earlier controller ran; stop its agents that none uses. */
    void resume() {
        List<Build> builds = running();
        List<String> used = builds.stream().map(build -> build.node).toList();
        Jenkins.agents.nodes.values().stream()
                .filter(node -> !used.contains(node.name))
                .forEach(Jenkins.agents::release);
        builds.forEach(build -> Thread.startVirtualThread(() -> Pipeline.run(build)));
    }

    /** Jobs that JCasC makes. */
    void made(List<String> names) throws Exception {
        for (String name : names) {
            if (!all.containsKey(name)) {
                create(name, "<flow-definition/>");
            }
        }
    }

    Job create(String name, String config) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(config.getBytes(StandardCharsets.UTF_8)));
        Job job = new Job(name);
        job.label = texts(document, "assignedNode").stream().findFirst().orElse("");
        List<String> steps = new ArrayList<>();
        for (String script : texts(document, "script")) {
            job.pipeline = true;
            job.label = Pipeline.label(script);
            steps.addAll(Pipeline.steps(script));
        }
        NodeList shells = document.getElementsByTagName("hudson.tasks.Shell");
        for (int i = 0; i < shells.getLength(); i++) {
            steps.add(((Element) shells.item(i)).getElementsByTagName("command").item(0).getTextContent());
        }
        job.steps = steps;
        Files.createDirectories(job.folder());
        Files.writeString(job.folder().resolve("config.xml"), config);
        all.put(name, job);
        return job;
    }

    private static List<String> texts(Document document, String element) {
        NodeList found = document.getElementsByTagName(element);
        return found.getLength() == 0 ? List.of() : List.of(found.item(0).getTextContent());
    }

    void delete(Job job) throws IOException {
        all.remove(job.name);
        try (Stream<Path> files = Files.walk(job.folder())) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }

    Item schedule(Job job, String user) {
        Item item = new Item(nextItem.getAndIncrement(), job);
        queue.put(item.id, item);
        Thread.startVirtualThread(() -> {
            try {
                TimeUnit.SECONDS.sleep(Jenkins.configuration.quietPeriod());
                run(item, user);
            } catch (Exception failure) {
                Jenkins.severe("Jobs#schedule", "Failed to run " + job.name, failure);
            }
        });
        return item;
    }

    private void run(Item item, String user) throws Exception {
        while (Jenkins.quietingDown) {
            item.why = "Jenkins is about to shut down";
            TimeUnit.MILLISECONDS.sleep(200);
        }
        Job job = item.job;
        boolean freestyle = !job.pipeline && !job.steps.isEmpty();
        Node node = freestyle ? Jenkins.agents.take(job.label, why -> item.why = why) : null;
        Build build = new Build(job, job.nextNumber());
        build.log.append("Started by user " + user + "\n");
        job.builds.put(build.number, build);
        if (job.pipeline && !job.steps.isEmpty()) {
            build.keep();
            item.build = build;
            Pipeline.run(build);
            return;
        }
        item.build = build;
        if (node == null) {
            build.log.append("ERROR: the stand-in for Jenkins runs shell steps only\n");
            end(build, "FAILURE");
            return;
        }
        build.node = node.name;
        String workspace = node.workFolder + "/workspace/" + job.name;
        build.log.append("Building remotely on " + node.name + " (" + node.label + ") in workspace " + workspace + "\n");
        String result = "SUCCESS";
        try {
            for (String step : job.steps) {
                build.step++;
                Link agent = node.connected(0, null);
                Pipeline.start(build, step, agent);
                if (Pipeline.watch(build, agent) != 0) {
                    build.log.append("Build step 'Execute shell' marked build as failure\n");
                    result = "FAILURE";
                    break;
                }
            }
        } catch (IOException gone) {
            build.log.append("FATAL: Agent " + node.name + " went offline during the build\n" + gone + "\n");
            result = "FAILURE";
        }
        end(build, result);
        Jenkins.agents.release(node);
    }

    static void end(Build build, String result) throws IOException {
        build.log.append("Finished: " + result + "\n");
        build.result = result;
        build.keep();
    }
}
