// Runs the hook that reports builds, and completes a build of a job with each result.
import hudson.model.Result
import hudson.model.Run
import hudson.model.listeners.RunListener
import jenkins.model.Jenkins

new GroovyShell(this.class.classLoader).evaluate(new File('report-builds.groovy'))
final listener = Jenkins.get().getExtensionList(RunListener).first()
Result.values().eachWithIndex { result, index ->
    def job = [fullName: "shop/it's \"main\""]
    listener.onCompleted(new Run(result: result, parent: job, number: index, url: "job/shop/$index/"), null)
}
