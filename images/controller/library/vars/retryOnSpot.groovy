/**
 * Run a block on a Spot agent, again on another one if AWS reclaims it, and the last time on an
 * on-demand agent. A block that waits for Spot capacity keeps waiting.
 *
 *   retryOnSpot(label: 'linux') {
 *       checkout scm
 *       sh 'make test'
 *   }
 *
 * Options:
 *   label  plain label of an agent template, required
 *   count  number of attempts, the last one on demand; default 3, at least 2
 *
 * Only the loss of the agent is retried, never a failure of the block itself.
 */
def call(Map options, Closure body) {
    int count = options.count == null ? 3 : options.count
    if (!options.label || count < 2 || (options.keySet() as List) - ['label', 'count']) {
        error("retryOnSpot: ${options}; valid are label (required) and count (2 or more)")
    }
    int attempt = 0
    retry(count: count, conditions: [agent(), nonresumable()]) {
        attempt++
        node(attempt < count ? "${options.label}-spot" : "${options.label}-on-demand") {
            body()
        }
    }
}
