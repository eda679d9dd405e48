/**
 * Run a block on a Spot agent, again on another one if AWS reclaims it, and the last time on an
 * on-demand agent. If no Spot agent starts in time, the block runs on an on-demand agent.
 *
 *   retryOnSpot(label: 'linux') {
 *       checkout scm
 *       sh 'make test'
 *   }
 *
 * Options:
 *   label        plain label of an agent template, required
 *   count        number of attempts, the last one on demand; default 3, at least 2
 *   waitMinutes  longest wait for a Spot agent, at least 1; default agent_cloud.spot_wait_minutes
 *
 * Only the loss of the agent is retried, never a failure of the block itself. A block that has
 * started is never interrupted, however long the agent took.
 */
def call(Map options, Closure body) {
    int count = options.count == null ? 3 : options.count
    int minutes = options.waitMinutes == null ? (System.getenv('SPOT_WAIT_MINUTES') ?: '5') as int : options.waitMinutes
    if (!options.label || count < 2 || minutes < 1 || (options.keySet() as List) - ['label', 'count', 'waitMinutes']) {
        error("retryOnSpot: ${options}; valid are label (required), count (2 or more) and waitMinutes (1 or more)")
    }
    String label = options.label
    int attempt = 0
    boolean onDemand = false
    def result = null
    retry(count: count, conditions: [agent(), nonresumable()]) {
        attempt++
        if (attempt == count) {
            onDemand = true
        }
        if (!onDemand) {
            Map state = onSpot("${label}-spot".toString(), minutes, body)
            result = state.result
            if (state.refused) {
                echo("retryOnSpot: ${state.refused}; continuing on ${label}-on-demand")
                onDemand = true
            } else {
                return
            }
        }
        node("${label}-on-demand") {
            result = body()
        }
    }
    return result
}

/**
 * Run the block on an agent with this label, unless none starts in time. Either `refused` says why
 * none did and the block has not started, or `result` is the block's. Pipelines run in one thread
 * that changes branches only at steps, so that exactly one of the two branches decides.
 */
private Map onSpot(String label, int minutes, Closure body) {
    Map state = [started: false, refused: whyNot(label, now() - minutes * 60000L), result: null]
    if (state.refused) {
        return state
    }
    long asked = now()
    try {
        parallel(
            failFast: true,
            spot: {
                node(label) {
                    if (!state.refused) {
                        state.started = true
                        state.result = body()
                    }
                }
            },
            limit: {
                waitUntil(quiet: true) {
                    if (!state.started) {
                        state.refused = whyNot(label, asked)
                        if (!state.refused && now() - asked >= minutes * 60000L) {
                            state.refused = "no agent ${label} after ${minutes} minutes".toString()
                        }
                    }
                    return state.started || state.refused != null
                }
                if (state.refused) {
                    error(state.refused) // ends the wait for the agent
                }
            }
        )
    } catch (Exception e) {
        if (!state.refused) {
            throw e
        }
    }
    return state
}

/** Why no agent with this label started, if one failed to since a time; see hooks/start-agents. */
private String whyNot(String label, long since) {
    String failure = System.getProperty("jenkins-platform.failed.${label}")
    if (!failure) {
        return null
    }
    List parts = failure.split(' ', 2) as List
    return (parts[0] as long) >= since ? "an agent ${label} failed to start (${parts[1]})".toString() : null
}

private long now() {
    return System.currentTimeMillis()
}
