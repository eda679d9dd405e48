package io.jenkins.plugins.oidc_provider

import com.cloudbees.plugins.credentials.CredentialsScope

/** A stand-in that counts the keys that were created. */
class IdTokenFileCredentials {
    static int created = 0
    final CredentialsScope scope
    final String id, description
    final int key = ++created
    String issuer, audience

    IdTokenFileCredentials(CredentialsScope scope, String id, String description) {
        this.scope = scope
        this.id = id
        this.description = description
    }
}
