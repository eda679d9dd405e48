import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/** The agent's end of a WebSocket to the address that Jenkins's own agents use. */
class WebSocketLink implements Link, WebSocket.Listener {
    private final BlockingQueue<Optional<String>> received = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private WebSocket socket;

    static Link to(URI url, String name, String secret) throws IOException {
        URI address = URI.create("ws" + url.resolve("wsagents/").toString().substring("http".length()));
        WebSocketLink link = new WebSocketLink();
        try {
            link.socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Node-Name", name)
                    .header("Secret-Key", secret)
                    .buildAsync(address, link)
                    .join();
        } catch (CompletionException failure) {
            throw new IOException(failure.getCause());
        }
        return link;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        partial.append(text);
        if (last) {
            received.add(Optional.of(partial.toString()));
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        received.add(Optional.empty());
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        received.add(Optional.empty());
    }

    @Override
    public void send(String text) throws IOException {
        try {
            socket.sendText(text, true).join();
        } catch (CompletionException failure) {
            throw new IOException(failure.getCause());
        }
    }

    @Override
    public String receive() throws IOException {
        try {
            return received.take().orElse(null);
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
