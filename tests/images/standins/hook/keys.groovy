// Runs the hook for credentials on the credentials of a file, and prints what it left as JSON.
import com.cloudbees.plugins.credentials.SystemCredentialsProvider
import com.cloudbees.plugins.credentials.domains.Domain
import groovy.json.JsonOutput

final provider = SystemCredentialsProvider.instance
provider.domainCredentialsMap = [(Domain.global()): new GroovyShell(this.class.classLoader).evaluate(new File('existing'))]
final hook = new File('credentials.groovy')
// Twice: Jenkins starts again with what it has saved.
2.times { new GroovyShell(this.class.classLoader).evaluate(hook) }
final secret = { it?.plainText }
println JsonOutput.toJson([
    saved: provider.saved,
    left: provider.domainCredentialsMap[Domain.global()].collect { credential ->
        credential.class.simpleName == 'GitHubAppCredentials' ? [
            id: credential.id, app: credential.appID, key: secret(credential.privateKey), api: credential.apiUri,
            owner: credential.repositoryAccessStrategy.owner,
        ] : credential.class.simpleName == 'IdTokenFileCredentials' ? [
            id: credential.id, key: credential.key, issuer: credential.issuer, audience: credential.audience,
        ] : credential.class.simpleName == 'PersonalAccessTokenImpl' ? [
            id: credential.id, token: secret(credential.token),
        ] : credential.class.simpleName == 'UsernamePasswordCredentialsImpl' ? [
            id: credential.id, user: credential.username, password: credential.password,
        ] : [id: credential.id, secret: secret(credential.secret)]
    },
])
