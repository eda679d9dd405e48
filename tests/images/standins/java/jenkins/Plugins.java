import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;

/** The plugins that are in the home: a name and a version each. Nothing of them is run. */
class Plugins {
    private final Map<String, String> versions = new TreeMap<>();

    void load() throws IOException {
        Path folder = Jenkins.HOME.resolve("plugins");
        if (!Files.isDirectory(folder)) {
            return;
        }
        // The archives are all alike; the stand-in for the plugin tool noted what it was asked for.
        for (String line : Files.readAllLines(folder.resolve("plugin-cli-list"))) {
            String[] nameAndVersion = line.split(":");
            try (JarFile archive = new JarFile(folder.resolve(nameAndVersion[0] + ".jpi").toFile())) {
                archive.getManifest();
                versions.put(nameAndVersion[0], nameAndVersion[1]);
            } catch (IOException failure) {
                String message = "Failed Loading plugin " + nameAndVersion[0];
                Jenkins.severe("hudson.PluginManager#load", message, failure);
            }
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
