// Runs a pipeline with a variable of the library in continuation-passing style, as Jenkins does, and
// writes it to bytes and reads it again at every step, as Jenkins does when it restarts.
// Arguments: steps, file of the variable, text of the pipeline, answers of the steps as JSON. An
// answer `refused LABEL` at a step means that an agent with this label fails to start meanwhile.
import com.cloudbees.groovy.cps.Continuable
import com.cloudbees.groovy.cps.CpsTransformer
import com.cloudbees.groovy.cps.ObjectInputStreamWithLoader
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.control.CompilerConfiguration

GroovyClassLoader transforming(ClassLoader parent, String base = null) {
    def configuration = new CompilerConfiguration()
    configuration.addCompilationCustomizers(new CpsTransformer())
    if (base) {
        configuration.scriptBaseClass = base
    }
    return new GroovyClassLoader(parent, configuration)
}

def steps = transforming(getClass().classLoader)
steps.parseClass(new File(args[0]).text, 'Steps.groovy')
def loader = transforming(steps, 'Steps')
loader.parseClass(new File(args[1]).text, 'variable.groovy')
def program = loader.parseClass("return ${args[2]}".toString(), 'program.groovy')
def answers = new JsonSlurper().parseText(args[3]) as LinkedList
def pipeline = new Continuable(program.newInstance() as Script)
def stops = []
try {
    def value = pipeline.run(null)
    while (pipeline.isResumable()) {
        stops << value
        def bytes = new ByteArrayOutputStream()
        new ObjectOutputStream(bytes).writeObject(pipeline)
        def stored = new ByteArrayInputStream(bytes.toByteArray())
        pipeline = new ObjectInputStreamWithLoader(stored, loader).readObject() as Continuable
        def answer = answers ? answers.poll() : null
        if (answer instanceof String && answer.startsWith('refused ')) {
            def label = answer.substring('refused '.length())
            def now = System.currentTimeMillis()
            System.setProperty("jenkins-platform.failed.${label}".toString(), "${now} RESOURCE:CPU")
        }
        value = pipeline.run(answer)
    }
    println JsonOutput.toJson([stops: stops, result: value])
} catch (Exception e) {
    println JsonOutput.toJson([stops: stops, error: (e.cause ?: e).toString()])
}
