package io.jenkins.plugins.gitlabserverconfig.credentials

import com.cloudbees.plugins.credentials.CredentialsScope
import hudson.util.Secret

/** A stand-in with the constructor and setter of the plugin. */
class PersonalAccessTokenImpl {
    final CredentialsScope scope
    final String id, description
    private Secret token

    PersonalAccessTokenImpl(CredentialsScope scope, String id, String description) {
        this.scope = scope
        this.id = id
        this.description = description
    }

    Secret getToken() { token }

    void setToken(String token) { this.token = Secret.fromString(token) }
}
