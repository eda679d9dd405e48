#!/bin/bash
# Stands in for the official start script: copies the reference folder, becomes Java.
set -e
touch "$COPY_REFERENCE_FILE_LOG"
cp --recursive --no-clobber --preserve=timestamps "$REF/." "$JENKINS_HOME/"
if [[ $# -lt 1 || $1 == --* ]]; then
  # As the official one: xargs takes quotes and backslashes away.
  mapfile -d '' -t java < <(xargs -r printf '%s\0' <<<"$JENKINS_JAVA_OPTS")
  mapfile -d '' -t jenkins < <(xargs -r printf '%s\0' <<<"$JENKINS_OPTS")
  exec java -Duser.home="$JENKINS_HOME" "${java[@]}" \
    -Dhudson.lifecycle=hudson.lifecycle.ExitLifecycle -jar /usr/share/jenkins/jenkins.war \
    "${jenkins[@]}" "$@"
fi
exec "$@"
