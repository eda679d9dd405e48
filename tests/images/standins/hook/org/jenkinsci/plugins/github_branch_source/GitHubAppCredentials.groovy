package org.jenkinsci.plugins.github_branch_source

import com.cloudbees.plugins.credentials.CredentialsScope
import hudson.util.Secret

/** A stand-in with the constructor and setters of the plugin. */
class GitHubAppCredentials {
    final CredentialsScope scope
    final String id, description, appID
    final Secret privateKey
    String apiUri
    def repositoryAccessStrategy

    GitHubAppCredentials(CredentialsScope scope, String id, String description, String appID, Secret privateKey) {
        this.scope = scope
        this.id = id
        this.description = description
        this.appID = appID
        this.privateKey = privateKey
    }
}
