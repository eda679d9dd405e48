// When Jenkins starts: the credentials of jenkins.github, gitlab, bitbucket and job_identity. Not by
// Configuration as Code, which would remove every other credential of the global store, also those
// that users have created, and create a new key for the identity of jobs with every start.
import com.cloudbees.plugins.credentials.CredentialsScope
import com.cloudbees.plugins.credentials.SystemCredentialsProvider
import com.cloudbees.plugins.credentials.domains.Domain
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl
import hudson.util.Secret
import jenkins.model.Jenkins
import org.jenkinsci.plugins.github_branch_source.GitHubAppCredentials
import org.jenkinsci.plugins.github_branch_source.app_credentials.AccessSpecifiedRepositories
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl

final OURS = 'Managed by jenkins-platform'
final env = System.getenv()
final secret = { String name ->
    def file = new File(env.SECRETS, name)
    file.exists() ? Secret.fromString(file.text.trim()) : null
}

// By class name, because the plugin may not be installed.
final plugin = { String name -> Jenkins.get().pluginManager.uberClassLoader.loadClass(name) }

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
final gitlab = secret('JENKINS_GITLAB_TOKEN')
if (gitlab) {
    def token = plugin('io.jenkins.plugins.gitlabserverconfig.credentials.PersonalAccessTokenImpl')
        .newInstance(CredentialsScope.GLOBAL, 'gitlab', OURS)
    token.setToken(gitlab.plainText)
    wanted << token
}
final bitbucket = secret('JENKINS_BITBUCKET_TOKEN')
if (bitbucket) {
    def withUser = { String id, String user ->
        new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, OURS, user, bitbucket.plainText)
    }
    wanted << (env.JENKINS_BITBUCKET_USER ? withUser('bitbucket', env.JENKINS_BITBUCKET_USER)
        : new StringCredentialsImpl(CredentialsScope.GLOBAL, 'bitbucket', OURS, bitbucket))
    wanted << withUser('bitbucket-git', env.JENKINS_BITBUCKET_GIT_USER)
}
['github', 'gitlab', 'bitbucket'].each { source ->
    def webhooks = secret("JENKINS_${source.toUpperCase()}_WEBHOOK_SECRET")
    if (webhooks) {
        wanted << new StringCredentialsImpl(CredentialsScope.GLOBAL, "$source-webhook-secret".toString(), OURS, webhooks)
    }
}

final provider = SystemCredentialsProvider.instance
final all = provider.domainCredentialsMap
final existing = all[Domain.global()] ?: []
final oidc = { String name -> plugin("io.jenkins.plugins.oidc_provider.${name}") }
def identity = null
if (env.JENKINS_OIDC_ISSUER) {
    identity = existing.find { it.id == 'aws-identity' && it.description == OURS && it.issuer == env.JENKINS_OIDC_ISSUER }
    if (!identity) {
        identity = oidc('IdTokenFileCredentials').newInstance(CredentialsScope.GLOBAL, 'aws-identity', OURS)
        identity.issuer = env.JENKINS_OIDC_ISSUER
        identity.audience = 'sts.amazonaws.com'
    }
    wanted << identity
}
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
if (identity && !(identity.id in taken)) {
    // AWS reads the public key from there, and does not connect to Jenkins.
    def keys = File.createTempFile('jwks', '.json')
    keys.text = "{\"keys\": [${oidc('Keys').key(identity)}]}"
    def request = [
        's3-request', env.JENKINS_OIDC_KEYS, '--request', 'PUT', '--output', '/dev/null',
        '--header', 'Content-Type: application/json', '--data-binary', "@${keys}".toString(),
    ]
    def status = new ProcessBuilder(request).inheritIO().start().waitFor()
    keys.delete()
    println "jenkins-platform: the public key of ${identity.id} is ${status ? 'NOT ' : ''}published: jobs ${status ? 'cannot' : 'can'} assume roles"
}
