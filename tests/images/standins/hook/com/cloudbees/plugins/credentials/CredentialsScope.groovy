package com.cloudbees.plugins.credentials

/** A stand-in. */
enum CredentialsScope { GLOBAL }
