package hudson.util

/** A stand-in. */
class Secret {
    String plainText

    static Secret fromString(String text) { new Secret(plainText: text) }

    String toString() { throw new AssertionError('a secret must not be printed') }
}
