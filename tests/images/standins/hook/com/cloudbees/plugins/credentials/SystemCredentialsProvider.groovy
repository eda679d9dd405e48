package com.cloudbees.plugins.credentials

/** A stand-in for the store of global credentials. */
class SystemCredentialsProvider {
    static final SystemCredentialsProvider INSTANCE = new SystemCredentialsProvider()
    Map domainCredentialsMap = [:]
    int saved = 0

    static SystemCredentialsProvider getInstance() { INSTANCE }

    void save() { saved++ }
}
