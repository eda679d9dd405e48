import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** The JCasC documents of a folder, with references resolved. */
class Casc {
    /** Why the documents are not taken. */
    static class Refused extends Exception {
        Refused(String message) {
            super(message);
        }

        @Override
        public String toString() {
            return "io.jenkins.plugins.casc.ConfiguratorException: " + getMessage();
        }
    }

    private static final Pattern REFERENCE = Pattern.compile("\\^?\\$\\{([^}:]*)(:-([^}]*))?}");
    private static final Pattern JOB = Pattern.compile("(?m)^\\s*(?:pipelineJob|freeStyleJob|job)\\('([^']+)'\\)");
    private static final Map<?, ?> KNOWN = known();

    private final Map<?, ?> content;

    private Casc(Map<?, ?> content) {
        this.content = content;
    }

    static Casc load(Path folder) throws Refused, IOException {
        Map<Object, Object> merged = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".yaml")).sorted()::iterator) {
                if (!(read(Files.readString(file), file) instanceof Map<?, ?> document)) {
                    throw new Refused(file + " is not a mapping");
                }
                merged.putAll(document);
            }
        }
        check("", merged, (Map<?, ?>) KNOWN.get("attributes"));
        Map<?, ?> content = (Map<?, ?>) resolved(merged);
        Casc read = new Casc(content);
        for (Map<?, ?> entry : read.entries()) {
            for (Object permission : (List<?>) entry.get("permissions")) {
                if (!((List<?>) KNOWN.get("permissions")).contains(permission)) {
                    throw new Refused("authorizationStrategy: cannot parse permission: " + permission);
                }
            }
        }
        return read;
    }

    private static Object read(String text, Path from) throws Refused {
        try {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        } catch (YAMLException mistake) {
            throw new Refused("Failed to read " + from + ": " + mistake.getMessage());
        }
    }

    private static Map<?, ?> known() {
        return new Yaml().load(Casc.class.getResourceAsStream("casc.yaml"));
    }

    /** Attributes that casc.yaml does not list are refused, where it lists any. */
    private static void check(String where, Object value, Map<?, ?> known) throws Refused {
        if (value instanceof List<?> items) {
            for (Object item : items) {
                check(where, item, known);
            }
        }
        if (!(value instanceof Map<?, ?> mapping) || known == null) {
            return;
        }
        Set<Object> unknown = new TreeSet<>(mapping.keySet());
        unknown.removeAll(known.keySet());
        if (!unknown.isEmpty()) {
            throw new Refused(
                    where.isEmpty()
                            ? "No configurator for the following root elements: " + join(unknown)
                            : where + ": Invalid configuration elements for type: " + join(unknown)
                                    + ".\nAvailable attributes : " + join(known.keySet()));
        }
        for (Object key : mapping.keySet()) {
            check(where.isEmpty() ? key.toString() : where + "." + key, mapping.get(key), (Map<?, ?>) known.get(key));
        }
    }

    private static String join(Set<?> names) {
        return String.join(", ", names.stream().map(Object::toString).toList());
    }

    private static Object resolved(Object value) throws Refused, IOException {
        if (value instanceof Map<?, ?> mapping) {
            Map<Object, Object> found = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : mapping.entrySet()) {
                found.put(entry.getKey(), resolved(entry.getValue()));
            }
            return found;
        }
        if (value instanceof List<?> items) {
            List<Object> found = new ArrayList<>();
            for (Object item : items) {
                found.add(resolved(item));
            }
            return found;
        }
        return value instanceof String text ? resolved(text) : value;
    }

    private static String resolved(String text) throws Refused, IOException {
        StringBuilder found = new StringBuilder();
        Matcher matcher = REFERENCE.matcher(text);
        while (matcher.find()) {
            String whole = matcher.group();
            String value = whole.startsWith("^") ? whole.substring(1) : secret(matcher.group(1), matcher.group(3));
            matcher.appendReplacement(found, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(found).toString();
    }

    private static String secret(String name, String otherwise) throws Refused, IOException {
        Path file = Path.of(System.getenv().getOrDefault("SECRETS", "/run/secrets")).resolve(name);
        if (!name.isEmpty() && Files.isRegularFile(file)) {
            return Files.readString(file);
        }
        String value = System.getenv().getOrDefault(name, otherwise);
        if (value == null && "true".equals(System.getenv("CASC_STRICT_SECRET_RESOLUTION"))) {
            throw new Refused("Unable to resolve the secret or variable '" + name + "'");
        }
        if (value == null) {
            Jenkins.warning(
                    "io.jenkins.plugins.casc.SecretSourceResolver#handleUndefinedVariable",
                    "Configuration import: Found unresolved variable '" + name + "'. Will default to empty string");
        }
        return value == null ? "" : value;
    }

    /** What is below the keys; null where there is none. */
    private Object at(String... keys) {
        Object found = content;
        for (String key : keys) {
            found = found instanceof Map<?, ?> mapping ? mapping.get(key) : null;
        }
        return found;
    }

    String systemMessage() {
        return at("jenkins", "systemMessage") instanceof String text ? text : "";
    }

    int agentPort() {
        return at("jenkins", "slaveAgentPort") instanceof Integer port ? port : -1;
    }

    int quietPeriod() {
        return at("jenkins", "quietPeriod") instanceof Integer seconds ? seconds : 5;
    }

    /** Users that can sign in with a password: local ones, or the one of the escape hatch. */
    Map<String, String> passwords() {
        Map<String, String> found = new LinkedHashMap<>();
        if (at("jenkins", "securityRealm", "local", "users") instanceof List<?> users) {
            for (Object user : users) {
                found.put(text((Map<?, ?>) user, "id"), text((Map<?, ?>) user, "password"));
            }
        }
        for (Map<?, ?> hatch : hatches()) {
            found.put(text(hatch, "username"), text(hatch, "secret"));
        }
        return found;
    }

    boolean hasLocalUsers() {
        return at("jenkins", "securityRealm", "local") != null;
    }

    /** Groups that a user of {@link #passwords} is in. */
    List<String> groups(String user) {
        return hatches().stream()
                .filter(hatch -> user.equals(hatch.get("username")))
                .map(hatch -> text(hatch, "group"))
                .toList();
    }

    private List<Map<?, ?>> hatches() {
        List<Map<?, ?>> found = new ArrayList<>();
        if (at("jenkins", "securityRealm", "oic", "properties") instanceof List<?> properties) {
            for (Object property : properties) {
                if (property instanceof Map<?, ?> mapping && mapping.get("escapeHatch") instanceof Map<?, ?> hatch) {
                    found.add(hatch);
                }
            }
        }
        return found;
    }

    boolean grants(String kind, String name, String permission) {
        return entries().stream()
                .filter(entry -> kind.equals(entry.get("kind")) && name.equals(entry.get("name")))
                .map(entry -> (List<?>) entry.get("permissions"))
                .anyMatch(given -> given.contains(permission) || given.contains("Overall/Administer"));
    }

    /** The lines of the matrix, or the members of global roles: kind (user or group), name and permissions. */
    private List<Map<?, ?>> entries() {
        List<Map<?, ?>> found = new ArrayList<>();
        for (String strategy : List.of("globalMatrix", "projectMatrix")) {
            if (at("jenkins", "authorizationStrategy", strategy, "entries") instanceof List<?> entries) {
                for (Object entry : entries) {
                    ((Map<?, ?>) entry).forEach((kind, grant) -> {
                        Map<Object, Object> line = new LinkedHashMap<>((Map<?, ?>) grant);
                        line.put("kind", kind);
                        found.add(line);
                    });
                }
            }
        }
        if (at("jenkins", "authorizationStrategy", "roleBased", "roles", "global") instanceof List<?> roles) {
            for (Object role : roles) {
                for (Object member : (List<?>) ((Map<?, ?>) role).get("entries")) {
                    ((Map<?, ?>) member).forEach((kind, name) -> found.add(
                            Map.of("kind", kind, "name", name, "permissions", ((Map<?, ?>) role).get("permissions"))));
                }
            }
        }
        return found;
    }

    /** Clouds of the amazon-ecs plugin. */
    List<Map<?, ?>> clouds() {
        List<Map<?, ?>> found = new ArrayList<>();
        if (at("jenkins", "clouds") instanceof List<?> clouds) {
            for (Object cloud : clouds) {
                if (((Map<?, ?>) cloud).get("ecs") instanceof Map<?, ?> ecs) {
                    found.add(ecs);
                }
            }
        }
        return found;
    }

    /** Names of the jobs that Job DSL scripts make; their steps are not read. */
    List<String> jobs() {
        List<String> found = new ArrayList<>();
        if (at("jobs") instanceof List<?> scripts) {
            for (Object script : scripts) {
                JOB.matcher(text((Map<?, ?>) script, "script")).results().forEach(job -> found.add(job.group(1)));
            }
        }
        return found;
    }

    static String text(Map<?, ?> mapping, String key) {
        return mapping.get(key) == null ? null : mapping.get(key).toString();
    }

    static int number(Map<?, ?> mapping, String key, int otherwise) {
        return mapping.get(key) instanceof Integer number ? number : otherwise;
    }
}
