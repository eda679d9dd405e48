import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Prints what a URL answers. */
class Fetch {
    public static void main(String[] arguments) throws Exception {
        try (var body = URI.create(arguments[0]).toURL().openStream()) {
            System.out.print(new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
