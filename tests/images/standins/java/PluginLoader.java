import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

/** Calls `provision` of a class of a plugin, in a class loader made as Jenkins makes a plugin's. */
public class PluginLoader {
    public static void main(String[] arguments) throws Exception {
        List<URL> paths = new ArrayList<>();
        for (File library : new File(arguments[0]).listFiles((d, name) -> name.endsWith(".jar"))) {
            paths.add(library.toURI().toURL());
        }
        ClassLoader core = ClassLoader.getPlatformClassLoader();
        try (URLClassLoader plugin = new URLClassLoader(paths.toArray(new URL[0]), core)) {
            System.out.println(plugin.loadClass(arguments[1]).getMethod("provision").invoke(null));
        } catch (InvocationTargetException failure) {
            System.out.println(failure.getCause());
        }
    }
}
