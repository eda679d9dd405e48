package com.cloudbees.plugins.credentials.impl

import com.cloudbees.plugins.credentials.CredentialsScope

/** A stand-in with the constructor of the plugin. */
class UsernamePasswordCredentialsImpl {
    final CredentialsScope scope
    final String id, description, username, password

    UsernamePasswordCredentialsImpl(CredentialsScope scope, String id, String description, String username, String password) {
        this.scope = scope
        this.id = id
        this.description = description
        this.username = username
        this.password = password
    }
}
