package org.jenkinsci.plugins.plaincredentials.impl

import com.cloudbees.plugins.credentials.CredentialsScope
import hudson.util.Secret

/** A stand-in. */
class StringCredentialsImpl {
    final CredentialsScope scope
    final String id, description
    final Secret secret

    StringCredentialsImpl(CredentialsScope scope, String id, String description, Secret secret) {
        this.scope = scope
        this.id = id
        this.description = description
        this.secret = secret
    }
}
