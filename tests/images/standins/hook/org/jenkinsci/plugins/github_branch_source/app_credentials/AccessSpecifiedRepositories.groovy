package org.jenkinsci.plugins.github_branch_source.app_credentials

/** A stand-in. */
class AccessSpecifiedRepositories {
    final String owner
    final List<String> repositories

    AccessSpecifiedRepositories(String owner, List<String> repositories) {
        this.owner = owner
        this.repositories = repositories
    }
}
