// Runs the hook on the nodes of a file, and prints the names of those that it left as JSON.
import com.cloudbees.jenkins.plugins.amazonecs.ECSSlave
import groovy.json.JsonOutput
import jenkins.model.Jenkins

Jenkins.get().nodes = new GroovyShell(this.class.classLoader, new Binding(Agent: ECSSlave))
    .evaluate(new File('nodes'))
new GroovyShell(this.class.classLoader).evaluate(new File('remove-stale-nodes.groovy'))
println JsonOutput.toJson(Jenkins.get().nodes*.nodeName)
