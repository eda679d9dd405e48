// Compiles Groovy texts, one a line in Base64, and answers a line of JSON for each: what the text is
// made of, with a "text" for every text in it, and those texts; or the compiler's error.
import groovy.json.JsonOutput
import org.codehaus.groovy.ast.ClassHelper
import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.*

class Outline extends CodeVisitorSupport {
    List shape = [], texts = []

    private void node(String name, Closure inner) { shape << name << '('; inner(); shape << ')' }

    void visitBlockStatement(BlockStatement found) { node('block') { super.visitBlockStatement(found) } }
    void visitExpressionStatement(ExpressionStatement found) { node('do') { super.visitExpressionStatement(found) } }
    void visitClosureExpression(ClosureExpression found) { node('closure') { super.visitClosureExpression(found) } }
    void visitMapEntryExpression(MapEntryExpression found) { node('entry') { super.visitMapEntryExpression(found) } }
    void visitGStringExpression(GStringExpression found) { node('interpolated') { super.visitGStringExpression(found) } }
    void visitBinaryExpression(BinaryExpression found) { node(found.operation.text) { super.visitBinaryExpression(found) } }
    void visitVariableExpression(VariableExpression found) { shape << found.name }
    void visitMethodCallExpression(MethodCallExpression found) {
        node(found.methodAsString ?: 'call') { found.objectExpression.visit(this); found.arguments.visit(this) }
    }
    void visitConstantExpression(ConstantExpression found) {
        if (found.type == ClassHelper.STRING_TYPE) { shape << 'text'; texts << found.value } else { shape << found.text }
    }
}

// Classes that are not here. Groovy only looks at compile time whether they are there at all.
JENKINS = /^(hudson|jenkins|org\.jenkinsci|com\.cloudbees)\./

System.in.eachLine { line ->
    def answer = [:]
    try {
        def text = new String(line.decodeBase64(), 'UTF-8')
        def outline = new Outline()
        def read = new CompilationUnit()
        read.addSource('Script', text)
        read.compile(Phases.CONVERSION)
        def unit = new CompilationUnit()
        unit.addSource('Script', text)
        def typeParameters = read.AST.classes.collectMany { [it.unresolvedSuperClass, *it.interfaces] }
            .collectEntries { [it.name, it.genericsTypes ? "<${(1..it.genericsTypes.size()).collect { n -> "T$n" }.join(', ')}>" : ''] }
        read.AST.modules.each { module ->
            module.statementBlock.visit(outline)
            module.methods.each { it.code.visit(outline) }
            module.imports*.className.findAll { it =~ JENKINS }.each { name ->
                def (folder, type) = [name[0..<name.lastIndexOf('.')], name[name.lastIndexOf('.') + 1..-1]]
                def inner = text.findAll(/\b${type}\.([A-Z]\w*)/) { it[1] }.unique().collect { "static class $it {}" }
                unit.addSource(name, "package ${folder}; class ${type}${typeParameters[type] ?: ''} { ${inner.join('; ')} }")
            }
        }
        unit.compile(Phases.CLASS_GENERATION)
        answer = [shape: outline.shape.join(' '), texts: outline.texts]
    } catch (CompilationFailedException error) {
        answer = [error: error.message]
    }
    println JsonOutput.toJson(answer)
}
