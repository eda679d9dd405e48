#!/bin/bash
# Stands in for the official start script: copies the reference folder, becomes Java.
set -e
touch "$COPY_REFERENCE_FILE_LOG"
cp --recursive --no-clobber --preserve=timestamps "$REF/." "$JENKINS_HOME/"
if [[ $# -lt 1 || $1 == --* ]]; then
  # Options without blanks in them.
  # shellcheck disable=SC2086
  exec java -Duser.home="$JENKINS_HOME" $JENKINS_JAVA_OPTS \
    -Dhudson.lifecycle=hudson.lifecycle.ExitLifecycle -jar /usr/share/jenkins/jenkins.war "$@"
fi
exec "$@"
