import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The pages and the part of the API that tests look at. */
class Site implements Http.Handler {
    private static final String PAGE = """
            <!DOCTYPE html><html><head><title>%s - Jenkins (stand-in)</title><style>
            body {font: 16px system-ui, sans-serif; margin: 0; color: #14141f}
            header {background: #14141f; color: white; padding: 12px 24px; font-weight: 600}
            main {max-width: 640px; margin: 32px auto} input {display: block; margin: 4px 0 16px; padding: 8px}
            </style></head><body><header>Jenkins, played by the stand-in of the tests</header>
            <main>%s</main></body></html>
            """;
    private static final String SIGN_IN = """
            <h1>Sign in to Jenkins</h1><form method="post" action="j_spring_security_check">
            <label>Username <input name="j_username" id="j_username"></label>
            <label>Password <input name="j_password" type="password"></label>
            <button name="Submit">Sign in</button></form>
            """;
    private final Security security = new Security();

    @Override
    public Http.Response answer(Http.Request request) throws Exception {
        if (Jenkins.failed) {
            return page(503, "Oops", "<h1>Jenkins failed to start</h1>");
        }
        if (Jenkins.configuration == null) {
            return page(503, "Starting", "<h1>Please wait while Jenkins is getting ready to work</h1>");
        }
        if (Jenkins.configuration.hasLocalUsers() == false && request.path().equals("/login")) {
            return redirect("/securityRealm/commenceLogin");
        }
        switch (request.path()) {
            case "/health/":
                return Http.Response.of(200, "application/json", "{\"status\":true}");
            case "/login":
                return page(200, "Sign in", SIGN_IN);
            case "/loginError":
                return page(401, "Sign in", "<p>Invalid username or password</p>" + SIGN_IN);
            case "/tcpSlaveAgentListener/":
                Http.Response listener = page(Jenkins.agents.port() < 0 ? 404 : 200, "Jenkins", "Jenkins");
                return Jenkins.agents.port() < 0 ? listener : listener.with("X-Jenkins-JNLP-Port", "" + Jenkins.agents.port());
            case "/reload-configuration-as-code/":
                return reload(request);
            case "/j_spring_security_check":
                Security.Session begun = security.signIn(request.form().get("j_username"), request.form().get("j_password"));
                return begun == null ? redirect("/loginError") : remembered(redirect("/"), begun);
            default:
                Security.Session session = security.session(request);
                if (session == null) {
                    return page(401, "Unauthorized", "Invalid password/token").with("WWW-Authenticate", "Basic realm=\"Jenkins\"");
                }
                return remembered(inside(request, session), session);
        }
    }

    @Override
    public void open(Http.Request request, Link link) throws Exception {
        if (Jenkins.configuration == null || !request.path().equals("/wsagents/")) {
            link.close();
            return;
        }
        Jenkins.agents.accept(link).join();
    }

    private static Http.Response reload(Http.Request request) throws IOException {
        String token = System.getenv("CASC_RELOAD_TOKEN");
        if (!request.method().equals("POST") || token == null) {
            return page(404, "Not found", "Not found");
        }
        if (!token.equals(request.query().get("casc-reload-token"))) {
            return page(401, "Unauthorized", "Unauthorized");
        }
        try {
            Jenkins.reload();
            return json(200, Map.of("status", "ok"));
        } catch (Exception refusal) {
            Jenkins.severe("io.jenkins.plugins.casc.ConfigurationAsCode#reload", "Failed to reload", refusal);
            return json(200, Map.of("status", "error", "message", refusal.getMessage()));
        }
    }

    /** What an anonymous or signed-in user gets, as far as the matrix lets them. */
    private Http.Response inside(Http.Request request, Security.Session session) throws Exception {
        boolean posted = request.method().equals("POST");
        if (posted && !session.crumb().equals(request.headers().get("jenkins-crumb"))) {
            return page(403, "Error", "No valid crumb was included in the request");
        }
        String path = request.path();
        if (path.startsWith("/job/")) {
            return job(request, session, path.split("/"));
        }
        String permission = switch (path) {
            case "/quietDown", "/cancelQuietDown", "/pluginManager/api/json", "/credentials/store/system/api/json" ->
                "Overall/Administer";
            case "/createItem" -> "Job/Create";
            default -> "Overall/Read";
        };
        if (!Security.may(session.user(), permission)) {
            return forbidden(session, permission);
        }
        if (List.of("/quietDown", "/cancelQuietDown", "/createItem").contains(path) && !posted) {
            return page(405, "Error", "This URL requires POST");
        }
        switch (path) {
            case "/":
                return page(200, "Dashboard", dashboard(session));
            case "/api/json":
                return json(200, root(session));
            case "/crumbIssuer/api/json":
                return json(200, Map.of("crumb", session.crumb(), "crumbRequestField", "Jenkins-Crumb"));
            case "/whoAmI/api/json":
                return json(200, Map.of("name", session.user(), "anonymous", session.user().equals(Security.ANONYMOUS)));
            case "/pluginManager/api/json":
                return json(200, Map.of("plugins", Jenkins.plugins.json()));
            case "/credentials/store/system/api/json":
                return json(200, Map.of("domains", Map.of("_", Map.of("credentials", credentials()))));
            case "/computer/api/json":
                return json(200, computers());
            case "/quietDown", "/cancelQuietDown":
                quiet(request);
                return redirect("/");
            case "/createItem":
                Jenkins.jobs.create(request.query().get("name"), request.text());
                return page(200, "Created", "Created");
            default:
                break;
        }
        String[] words = path.split("/");
        if (path.matches("/label/[^/]+/api/json")) {
            boolean provided = Jenkins.agents.provides(words[2]);
            List<?> clouds = provided ? List.of(Map.of("_class", "com.cloudbees.jenkins.plugins.amazonecs.ECSCloud")) : List.of();
            return json(200, Map.of("name", words[2], "clouds", clouds));
        }
        if (path.matches("/queue/item/\\d+/api/json")) {
            Jobs.Item item = Jenkins.jobs.queue.get(Integer.valueOf(words[3]));
            if (item != null) {
                Map<String, Object> found = new LinkedHashMap<>(Map.of("id", item.id, "task", Map.of("name", item.job.name)));
                found.put("why", item.build == null ? item.why : null);
                found.put("executable", item.build == null ? null : Map.of("number", item.build.number));
                return json(200, found);
            }
        }
        return page(404, "Not found", "Not found");
    }

    /** Begin or end the quiet mode; with `block`, return when no build runs or the time is over. */
    private static void quiet(Http.Request request) throws InterruptedException {
        Jenkins.quietingDown = request.path().equals("/quietDown");
        Jenkins.quietDownReason = Jenkins.quietingDown ? request.query().get("message") : null;
        long milliseconds = Long.parseLong(request.query().getOrDefault("timeout", "0"));
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while ("true".equals(request.query().get("block"))
                && Jenkins.quietingDown
                && !Jenkins.jobs.running().isEmpty()
                && (milliseconds == 0 || System.nanoTime() < until)) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static Http.Response job(Http.Request request, Security.Session session, String[] words) throws Exception {
        Jobs.Job job = Jenkins.jobs.all.get(words[2]);
        if (job == null || !Security.may(session.user(), "Job/Read")) {
            return session.user().equals(Security.ANONYMOUS) ? forbidden(session, "Job/Read") : page(404, "Not found", "Not found");
        }
        String rest = String.join("/", List.of(words).subList(3, words.length));
        if (rest.equals("build") || rest.equals("doDelete")) {
            String permission = rest.equals("build") ? "Job/Build" : "Job/Delete";
            if (!Security.may(session.user(), permission)) {
                return forbidden(session, permission);
            }
            if (!request.method().equals("POST")) {
                return page(405, "Error", "This URL requires POST");
            }
            if (rest.equals("doDelete")) {
                Jenkins.jobs.delete(job);
                return redirect("/");
            }
            Jobs.Item item = Jenkins.jobs.schedule(job, session.user());
            return page(201, "Created", "").with("Location", "/queue/item/" + item.id + "/");
        }
        if (rest.equals("api/json")) {
            return json(200, Map.of("name", job.name, "builds", job.builds.values().stream().map(Jobs.Build::json).toList()));
        }
        String[] numberAndKind = rest.split("/", 2);
        Jobs.Build build = numberAndKind[0].equals("lastBuild")
                ? job.builds.values().stream().findFirst().orElse(null)
                : job.builds.get(numberAndKind[0].matches("\\d+") ? Integer.valueOf(numberAndKind[0]) : -1);
        if (build == null || numberAndKind.length < 2) {
            return page(404, "Not found", "Not found");
        }
        return switch (numberAndKind[1]) {
            case "api/json" -> json(200, build.json());
            case "consoleText" -> Http.Response.of(200, "text/plain;charset=utf-8", build.log.toString());
            default -> page(404, "Not found", "Not found");
        };
    }

    private static Map<String, Object> root(Security.Session session) {
        List<?> jobs = Security.may(session.user(), "Job/Read")
                ? Jenkins.jobs.all.keySet().stream().map(name -> Map.of("name", name)).toList()
                : List.of();
        Map<String, Object> found = new LinkedHashMap<>(Map.of(
                "mode", "NORMAL",
                "numExecutors", 0,
                "description", Jenkins.configuration.systemMessage(),
                "jobs", jobs,
                "quietingDown", Jenkins.quietingDown,
                "slaveAgentPort", Jenkins.agents.port(),
                "useSecurity", true));
        found.put("quietDownReason", Jenkins.quietDownReason);
        return found;
    }

    private static Map<String, Object> computer(Node node) {
        Map<String, Object> found = new LinkedHashMap<>(node.json());
        found.put("executors", Jenkins.jobs.running().stream()
                .filter(build -> build.node.equals(node.name))
                .map(build -> Map.of("currentExecutable", Map.of(
                        "_class", build.job.pipeline ? Pipeline.EXECUTABLE : "hudson.model.FreeStyleBuild",
                        "fullDisplayName", build.job.name + " #" + build.number,
                        "url", "/job/" + build.job.name + "/" + build.number + "/")))
                .toList());
        return found;
    }

    private static Map<String, Object> computers() {
        List<Map<String, Object>> nodes = Jenkins.agents.nodes.values().stream().map(Site::computer).toList();
        long busy = nodes.stream().filter(node -> node.get("offline").equals(false)).count();
        return Map.of("busyExecutors", busy, "totalExecutors", busy, "computer", nodes);
    }

    /** IDs of the credentials in the home, which are not used or decrypted here. */
    private static List<?> credentials() throws IOException {
        Path file = Jenkins.HOME.resolve("credentials.xml");
        String content = Files.exists(file) ? Files.readString(file) : "";
        return Pattern.compile("<id>(.*?)</id>").matcher(content).results().map(id -> Map.of("id", id.group(1))).toList();
    }

    private static String dashboard(Security.Session session) {
        StringBuilder found = new StringBuilder("<p>Signed in as " + escaped(session.user()) + "</p><h1>Jobs</h1><ul>");
        Jenkins.jobs.all.keySet().forEach(name -> found.append("<li>" + escaped(name) + "</li>"));
        return found + "</ul><p>" + escaped(Jenkins.configuration.systemMessage()) + "</p>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static Http.Response forbidden(Security.Session session, String permission) {
        if (session.user().equals(Security.ANONYMOUS)) {
            String login = "<meta http-equiv='refresh' content='1;url=/login?from=%2F'/>Authentication required";
            return page(403, "Authentication required", login);
        }
        return page(403, "Access Denied", escaped(session.user()) + " is missing the " + permission + " permission");
    }

    private static Http.Response page(int status, String title, String body) {
        return Http.Response.html(status, PAGE.formatted(title, body).replace("100%%", "100%"));
    }

    private static Http.Response json(int status, Object content) throws IOException {
        return Http.Response.of(status, "application/json;charset=utf-8", Jobs.JSON.writeValueAsString(content));
    }

    private static Http.Response redirect(String to) {
        return Http.Response.html(302, "").with("Location", to);
    }

    private static Http.Response remembered(Http.Response response, Security.Session session) {
        return response.with("Set-Cookie", "JSESSIONID=" + session.id() + "; Path=/; HttpOnly");
    }
}
