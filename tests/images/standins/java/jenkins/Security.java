import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who asks, and what they may do. */
class Security {
    static final String ANONYMOUS = "anonymous";
    private static final SecureRandom RANDOM = new SecureRandom();

    record Session(String id, String user, String crumb) {}

    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    static String random(int bytes) {
        byte[] content = new byte[bytes];
        RANDOM.nextBytes(content);
        return HexFormat.of().formatHex(content);
    }

    /** The session of a request: its own, a new one by its password, or that of no one; null when the
     * password is wrong. */
    Session session(Http.Request request) {
        Session known = sessions.get(String.valueOf(request.cookie("JSESSIONID")));
        String given = request.headers().get("authorization");
        if (given == null || !given.startsWith("Basic ")) {
            return known != null ? known : begin(ANONYMOUS);
        }
        String[] pair = new String(Base64.getDecoder().decode(given.substring(6)), StandardCharsets.UTF_8).split(":", 2);
        if (pair.length < 2 || !isRight(pair[0], pair[1])) {
            return null;
        }
        return known != null && known.user.equals(pair[0]) ? known : begin(pair[0]);
    }

    /** The session of a user that signs in with a form; null when the password is wrong. */
    Session signIn(String user, String password) {
        return user != null && isRight(user, String.valueOf(password)) ? begin(user) : null;
    }

    private Session begin(String user) {
        Session session = new Session("node0" + random(16), user, random(32));
        sessions.put(session.id, session);
        return session;
    }

    private static boolean isRight(String user, String password) {
        String right = Jenkins.configuration.passwords().get(user);
        return right != null
                && MessageDigest.isEqual(right.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    static boolean may(String user, String permission) {
        Casc configuration = Jenkins.configuration;
        if (user.equals(ANONYMOUS)) {
            return configuration.grants("user", ANONYMOUS, permission);
        }
        return configuration.grants("user", user, permission)
                || configuration.grants("group", "authenticated", permission)
                || configuration.groups(user).stream().anyMatch(g -> configuration.grants("group", g, permission));
    }
}
