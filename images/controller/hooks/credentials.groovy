// When Jenkins starts: the credentials of jenkins.github. Not by Configuration as Code, which would
// remove every other credential of the global store, also those that users have created.
import com.cloudbees.plugins.credentials.CredentialsScope
import com.cloudbees.plugins.credentials.SystemCredentialsProvider
import com.cloudbees.plugins.credentials.domains.Domain
import hudson.util.Secret
import org.jenkinsci.plugins.github_branch_source.GitHubAppCredentials
import org.jenkinsci.plugins.github_branch_source.app_credentials.AccessSpecifiedRepositories
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl

final OURS = 'Managed by jenkins-platform'
final env = System.getenv()
final secret = { String name ->
    def file = new File(env.SECRETS, name)
    file.exists() ? Secret.fromString(file.text) : null
}

final wanted = []
final key = secret('JENKINS_GITHUB_APP_KEY')
if (key) {
    env.JENKINS_GITHUB_ORGANIZATIONS.split(',').each { organization ->
        def app = new GitHubAppCredentials(
            CredentialsScope.GLOBAL, "github-${organization.toLowerCase()}".toString(), OURS, env.JENKINS_GITHUB_APP_ID, key)
        if (env.JENKINS_GITHUB_API_URL) {
            app.apiUri = env.JENKINS_GITHUB_API_URL
        }
        app.repositoryAccessStrategy = new AccessSpecifiedRepositories(organization, [])
        wanted << app
    }
}
final webhooks = secret('JENKINS_GITHUB_WEBHOOK_SECRET')
if (webhooks) {
    wanted << new StringCredentialsImpl(CredentialsScope.GLOBAL, 'github-webhook-secret', OURS, webhooks)
}

final provider = SystemCredentialsProvider.instance
final all = provider.domainCredentialsMap
final existing = all[Domain.global()] ?: []
final taken = existing.findAll { it.description != OURS }*.id
wanted.findAll { it.id in taken }.each {
    println "jenkins-platform: there is another credential with the ID ${it.id}: it is left as it is"
}
if (wanted || existing.any { it.description == OURS }) {
    all[Domain.global()] = existing.findAll { it.description != OURS } + wanted.findAll { !(it.id in taken) }
    provider.domainCredentialsMap = all
    provider.save()
    println "jenkins-platform: credentials ${wanted*.id}"
}
