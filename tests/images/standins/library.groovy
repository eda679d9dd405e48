// Calls the steps of the shared library in plain Groovy, with steps of Jenkins that only note how
// they were called, and prints what they noted as JSON. It is not Jenkins's own interpreter.
//
// Agents with a label in `absent` never start; those in `slow` start in the moment in which the
// wait for them ends. Time passes only while a step waits.
import groovy.json.JsonOutput

class AgentLost extends RuntimeException {}
class NeverStarts extends RuntimeException {}

def (folder, scenario) = [new File(args[0]), new File(args[1]).text]
def calls = []
def absent = [], slow = []
long time = System.currentTimeMillis()
System.metaClass.static.currentTimeMillis = { -> time }

def steps = [
    sh: { Map options -> calls << [sh: options.script] },
    echo: { CharSequence message -> calls << [echo: message.toString()] },
    readFile: { String name -> name == 'kaniko.digest' ? 'sha256:0123\n' : null },
    error: { CharSequence message -> throw new IllegalArgumentException(message.toString()) },
    agent: { -> 'agent' },
    nonresumable: { -> 'nonresumable' },
    node: { CharSequence label, Closure body ->
        if (label in absent) throw new NeverStarts()
        calls << [node: label.toString()]
        body()
    },
    waitUntil: { Map options, Closure body -> while (!body()) time += 15000 },
    parallel: { Map branches ->
        assert branches.failFast
        if (!slow) {
            try {
                branches.spot()
                branches.limit()
                return
            } catch (NeverStarts e) {
            }
        }
        try {
            branches.limit()
        } finally {
            if (slow) branches.spot()
        }
    },
    retry: { Map options, Closure body ->
        calls << [retry: [options.count, options.conditions]]
        for (int left = options.count; ; left--) {
            try {
                return body()
            } catch (AgentLost lost) {
                if (left == 1) throw lost
            }
        }
    },
]
def step = { String name ->
    new GroovyShell(new Binding(steps.clone())).parse(new File(folder, "${name}.groovy"))
}
def kaniko = step('kanikoBuild'), spot = step('retryOnSpot')
def scope = [
    kanikoBuild: { Object[] a -> kaniko.call(*a) },
    retryOnSpot: { Map o, Closure b -> spot.call(o, b) },
    lose: { -> throw new AgentLost() },
    fail: { -> throw new IllegalStateException('the block') },
    absent: absent, slow: slow, now: { -> time }, pass: { long minutes -> time += minutes * 60000 },
]
def result = null
try {
    result = new GroovyShell(new Binding(scope)).evaluate(scenario)
} catch (Exception e) {
    result = [e.class.simpleName, e.message]
}
println JsonOutput.toJson([calls: calls, result: result])
