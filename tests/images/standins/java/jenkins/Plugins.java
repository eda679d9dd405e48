import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The plugins that are in the home: a name and a version each. Nothing of them is run. */
class Plugins {
    private final Map<String, String> versions = new TreeMap<>();

    void load() throws IOException {
        Path folder = Jenkins.HOME.resolve("plugins");
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".jpi"))::iterator) {
                String name = file.getFileName().toString().replace(".jpi", "");
                try {
                    versions.put(name, version(file));
                } catch (IOException failure) {
                    Jenkins.severe("hudson.PluginManager#load", "Failed Loading plugin " + name, failure);
                }
            }
        }
    }

    /** Most archives are a line of the stand-in for the plugin tool. */
    private static String version(Path file) throws IOException {
        if (Files.size(file) < 1000) {
            String[] nameAndVersion = Files.readString(file).strip().split(" ");
            if (nameAndVersion.length != 2) {
                throw new IOException(file + " is not an archive");
            }
            return nameAndVersion[1];
        }
        try (JarFile archive = new JarFile(file.toFile())) {
            return archive.getManifest().getMainAttributes().getValue("Plugin-Version");
        }
    }

    List<Map<String, Object>> json() {
        return versions.entrySet().stream()
                .map(plugin -> Map.<String, Object>of(
                        "shortName", plugin.getKey(),
                        "version", plugin.getValue(),
                        "active", true,
                        "enabled", true))
                .toList();
    }
}
