/**
 * Build an image with Kaniko, push it, and return its digest. Needs an agent with the platform's
 * Kaniko image.
 *
 *   kanikoBuild()
 *   kanikoBuild(context: 'app', destination: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1.2')
 *
 * With the input images.fail_on_severity the step fails if ECR's scan of the image has findings of
 * that severity or above.
 *
 * Options, all optional:
 *   context      folder of the build context, default the workspace
 *   dockerfile   path from the context, default Dockerfile
 *   destination  repository, or list of them, with or without a tag; default the platform's
 *                repository for applications
 *   tag          tag for destinations without one, default the commit
 *   target       stage to build, default the last
 *   buildArgs    map of build arguments; never put a secret there, it stays in the image's history
 *   options      list of any other options of Kaniko's executor, such as '--reproducible'
 */
def call(Map options = [:]) {
    def known = ['context', 'dockerfile', 'destination', 'tag', 'target', 'buildArgs', 'options']
    def unknown = (options.keySet() as List) - known
    if (unknown) {
        error("kanikoBuild: unknown option ${unknown.join(', ')}; valid are ${known.join(', ')}")
    }
    def words = ['kaniko']
    for (name in ['context', 'dockerfile', 'tag', 'target']) {
        if (options[name]) {
            words << "--${name}=${options[name]}"
        }
    }
    for (destination in [options.destination ?: []].flatten()) {
        words << "--destination=${destination}"
    }
    for (argument in (options.buildArgs ?: [:])) {
        words << "--build-arg=${argument.key}=${argument.value}"
    }
    words.addAll(options.options ?: [])
    def command = words.collect { "'" + it.toString().replace("'", "'\\''") + "'" }.join(' ')
    // Not /bin/sh: during the build that is the image's.
    sh(label: 'Kaniko', script: "#!/kaniko/bin/bash -e\n${command}")
    return readFile('kaniko.digest').trim()
}
