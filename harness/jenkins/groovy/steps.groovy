// Steps of Jenkins for `pipeline.groovy`. Each stops the pipeline until it gets an answer; the
// answer "lost" means that the agent is gone. `parallel` runs its branches one after the other, and
// with the answer "no agent" the one that limits the wait comes first.
import com.cloudbees.groovy.cps.Continuable
import com.cloudbees.groovy.cps.SerializableScript

class AgentLost extends Exception {}

abstract class Steps extends SerializableScript {
    def step(String name, Object value = null) {
        def answer = Continuable.suspend([name, value])
        if (answer == 'lost') {
            throw new AgentLost()
        }
        return answer
    }

    def sh(Object given) {
        return step('sh', given instanceof Map ? given.script : given)
    }

    def readFile(String path) {
        return step('readFile', path)
    }

    def echo(Object text) {
        step('echo', text.toString())
    }

    def error(Object text) {
        throw new Exception(text.toString())
    }

    def agent() {
        return 'agent'
    }

    def nonresumable() {
        return 'nonresumable'
    }

    def node(Object label, Closure body) {
        step('node', label)
        return body()
    }

    def retry(Map options, Closure body) {
        int attempt = 0
        while (true) {
            attempt++
            try {
                return body()
            } catch (AgentLost e) {
                if (attempt == options.count) {
                    throw e
                }
            }
        }
    }

    def waitUntil(Map options, Closure condition) {
        while (!condition()) {
            step('waitUntil')
        }
    }

    def parallel(Map branches) {
        def names = (branches.keySet() as List) - 'failFast'
        if (step('parallel') == 'no agent') {
            names = names.reverse()
        }
        branches[names[0]]()
        branches[names[1]]()
    }
}
