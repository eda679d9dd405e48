import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A small HTTP server, with WebSockets: one request a connection. */
class Http {
    interface Handler {
        Response answer(Request request) throws Exception;

        /** A WebSocket that has been opened. */
        void open(Request request, Link link) throws Exception;
    }

    record Request(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        Map<String, String> form() {
            return parameters(text());
        }

        String cookie(String name) {
            for (String pair : headers.getOrDefault("cookie", "").split("; *")) {
                if (pair.startsWith(name + "=")) {
                    return pair.substring(name.length() + 1);
                }
            }
            return null;
        }
    }

    record Response(int status, String type, byte[] body, Map<String, String> headers) {
        static Response of(int status, String type, String body) {
            return new Response(status, type, body.getBytes(StandardCharsets.UTF_8), new TreeMap<>());
        }

        static Response html(int status, String body) {
            return of(status, "text/html;charset=utf-8", body);
        }

        Response with(String header, String value) {
            headers.put(header, value);
            return this;
        }
    }

    static void serve(int port, Handler handler) throws IOException {
        ServerSocket server = new ServerSocket(port, 200);
        Thread.ofPlatform().start(() -> {
            while (true) {
                try {
                    Socket caller = server.accept();
                    Thread.startVirtualThread(() -> talk(caller, handler));
                } catch (IOException failure) {
                    Jenkins.severe("Http#serve", "Failed to accept a connection", failure);
                }
            }
        });
    }

    private static void talk(Socket caller, Handler handler) {
        try (caller) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(caller.getInputStream()));
            Request request = read(in);
            if (request == null) {
                return;
            }
            if ("websocket".equalsIgnoreCase(request.headers.get("upgrade"))) {
                String key = request.headers.get("sec-websocket-key");
                write(caller.getOutputStream(), new Response(101, null, new byte[0], new TreeMap<>())
                        .with("Upgrade", "websocket")
                        .with("Connection", "Upgrade")
                        .with("Sec-WebSocket-Accept", accept(key)));
                handler.open(request, webSocket(caller, in));
                return;
            }
            Response response;
            try {
                response = handler.answer(request);
            } catch (Exception failure) {
                Jenkins.severe("Http#talk", "Failed to answer " + request.path, failure);
                response = Response.html(500, "Oops!");
            }
            write(caller.getOutputStream(), response.with("Connection", "close").with("X-Jenkins", "stand-in"));
        } catch (SocketException gone) {
            // The caller did not wait for the answer.
        } catch (Exception failure) {
            Jenkins.warning("Http#talk", failure.toString());
        }
    }

    private static Request read(DataInputStream in) throws IOException {
        String line = line(in);
        if (line == null || line.split(" ").length != 3) {
            return null;
        }
        String[] first = line.split(" ");
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon).toLowerCase(), header.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        String[] address = first[1].split("\\?", 2);
        String path = URLDecoder.decode(address[0].replace("+", "%2B"), StandardCharsets.UTF_8);
        return new Request(first[0], path, parameters(address.length > 1 ? address[1] : ""), headers, body);
    }

    private static String line(DataInputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString(StandardCharsets.UTF_8).stripTrailing();
            }
            line.write(next);
        }
        return null;
    }

    private static Map<String, String> parameters(String text) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            String[] nameAndValue = pair.split("=", 2);
            found.put(decoded(nameAndValue[0]), nameAndValue.length > 1 ? decoded(nameAndValue[1]) : "");
        }
        return found;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void write(OutputStream out, Response response) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + response.status + " -\r\n");
        response.headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        if (response.type != null) {
            head.append("Content-Type: " + response.type + "\r\nContent-Length: " + response.body.length + "\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.write(response.body);
        out.flush();
    }

    private static String accept(String key) throws GeneralSecurityException {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    }

    /** The server's end of a WebSocket (RFC 6455), for text messages. */
    private static Link webSocket(Socket socket, DataInputStream in) throws IOException {
        OutputStream out = socket.getOutputStream();
        return new Link() {
            @Override
            public void send(String text) throws IOException {
                frame(1, text.getBytes(StandardCharsets.UTF_8));
            }

            private synchronized void frame(int code, byte[] content) throws IOException {
                ByteBuffer head = ByteBuffer.allocate(10).put((byte) (0x80 | code));
                if (content.length < 126) {
                    head.put((byte) content.length);
                } else {
                    head.put((byte) 127).putLong(content.length);
                }
                out.write(head.array(), 0, head.position());
                out.write(content);
                out.flush();
            }

            @Override
            public String receive() throws IOException {
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                try {
                    while (true) {
                        int first = in.readUnsignedByte();
                        int size = in.readUnsignedByte() & 0x7f;
                        long length = size == 126 ? in.readUnsignedShort() : size == 127 ? in.readLong() : size;
                        byte[] mask = in.readNBytes(4);
                        byte[] content = in.readNBytes((int) length);
                        for (int i = 0; i < content.length; i++) {
                            content[i] ^= mask[i % 4];
                        }
                        int code = first & 0x0f;
                        if (code == 8) {
                            return null;
                        }
                        if (code == 9) {
                            frame(10, content);
                        }
                        if (code > 2) {
                            continue;
                        }
                        text.write(content);
                        if ((first & 0x80) != 0) {
                            return text.toString(StandardCharsets.UTF_8);
                        }
                    }
                } catch (EOFException | SocketException gone) {
                    return null;
                }
            }

            @Override
            public void close() throws IOException {
                try {
                    frame(8, new byte[0]);
                } finally {
                    socket.close();
                }
            }
        };
    }
}
