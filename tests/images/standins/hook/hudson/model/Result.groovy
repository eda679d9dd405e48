package hudson.model

enum Result { SUCCESS, UNSTABLE, FAILURE, NOT_BUILT, ABORTED }
