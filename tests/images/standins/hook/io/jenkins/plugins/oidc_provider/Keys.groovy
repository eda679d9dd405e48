package io.jenkins.plugins.oidc_provider

import groovy.transform.PackageScope

/** A stand-in: the method is not public, as in the plugin. */
class Keys {
    @PackageScope
    static String key(IdTokenFileCredentials credentials) { """{"kid": "${credentials.id}", "n": ${credentials.key}}""" }
}
