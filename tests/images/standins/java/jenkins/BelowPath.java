/** The site below a path, as the servlet container serves it: nothing answers elsewhere. */
class BelowPath implements Http.Handler {
    private final String prefix;
    private final Http.Handler site;

    BelowPath(String prefix, Http.Handler site) {
        this.prefix = prefix;
        this.site = site;
    }

    @Override
    public Http.Response answer(Http.Request request) throws Exception {
        if (!prefix.isEmpty() && request.path().equals(prefix)) {
            return Http.Response.html(302, "").with("Location", prefix + "/");
        }
        if (!request.path().startsWith(prefix + "/")) {
            return Http.Response.html(404, "HTTP ERROR 404 Not Found");
        }
        Http.Response response = site.answer(below(request));
        response.headers().computeIfPresent("Location", (header, path) -> prefix + path);
        response.headers().computeIfPresent("Set-Cookie", (header, cookie) -> cookie.replace("Path=/", "Path=" + prefix + "/"));
        return response;
    }

    @Override
    public void open(Http.Request request, Link link) throws Exception {
        if (request.path().startsWith(prefix + "/")) {
            site.open(below(request), link);
        } else {
            link.close();
        }
    }

    private Http.Request below(Http.Request request) {
        String path = request.path().substring(prefix.length());
        return new Http.Request(request.method(), path, request.query(), request.headers(), request.body());
    }
}
