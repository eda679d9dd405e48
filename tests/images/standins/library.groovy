// Calls the steps of the shared library in plain Groovy, with steps of Jenkins that only note how
// they were called, and prints what they noted as JSON. It is not Jenkins's own interpreter.
import groovy.json.JsonOutput

class AgentLost extends RuntimeException {}

def (folder, scenario) = [new File(args[0]), new File(args[1]).text]
def calls = []

def steps = [
    sh: { Map options -> calls << [sh: options.script] },
    readFile: { String name -> name == 'kaniko.digest' ? 'sha256:0123\n' : null },
    error: { String message -> throw new IllegalArgumentException(message) },
    agent: { -> 'agent' },
    nonresumable: { -> 'nonresumable' },
    node: { String label, Closure body -> calls << [node: label]; body() },
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
def result = null
try {
    result = Eval.xyz(step('kanikoBuild'), step('retryOnSpot'), { -> throw new AgentLost() },
        "def kanikoBuild = { Object[] a -> x.call(*a) }; def retryOnSpot = { Map o, Closure b -> y.call(o, b) };" +
        "def lose = z; ${scenario}")
} catch (Exception e) {
    result = [e.class.simpleName, e.message]
}
println JsonOutput.toJson([calls: calls, result: result])
