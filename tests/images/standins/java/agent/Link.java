import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Messages between a stand-in controller and a stand-in agent. It is not Jenkins remoting. */
interface Link extends AutoCloseable {
    void send(String text) throws IOException;

    /** The next message; null when the other side has gone. */
    String receive() throws IOException;

    @Override
    void close() throws IOException;

    /** Over a TCP connection: four bytes of length before each message. */
    static Link over(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        return new Link() {
            @Override
            public synchronized void send(String text) throws IOException {
                byte[] content = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(content.length);
                out.write(content);
                out.flush();
            }

            @Override
            public String receive() throws IOException {
                try {
                    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                } catch (EOFException | SocketException gone) {
                    return null;
                }
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }
}
