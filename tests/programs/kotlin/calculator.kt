// A small language: a tokenizer, a parser to a tree, an interpreter of it, a compiler to code for a stack machine, and that.

class SyntaxError(message: String, val at: Int) : Exception("$message at $at")

class RunError(message: String) : Exception(message)

sealed interface Token
data class Number(val value: Double) : Token
data class Name(val text: String) : Token
data class Symbol(val text: String) : Token
data object End : Token

class Tokens(private val source: String) {
    private val symbols = listOf("<=", ">=", "==", "!=", "&&", "||")
    private var at = 0
    var token: Token = End
        private set
    var start = 0
        private set

    init {
        advance()
    }

    fun advance() {
        while (at < source.length && source[at].isWhitespace()) at++
        start = at
        token = when {
            at == source.length -> End
            source[at].isDigit() -> Number(take { it.isDigit() || it == '.' }.toDouble())
            source[at].isLetter() -> Name(take { it.isLetterOrDigit() })
            else -> Symbol(symbols.firstOrNull { source.startsWith(it, at) } ?: source[at].toString()).also { at += it.text.length }
        }
    }

    fun accept(text: String): Boolean {
        val matches = when (val now = token) {
            is Symbol -> now.text == text
            is Name -> now.text == text
            else -> false
        }
        if (matches) advance()
        return matches
    }

    fun expect(text: String) {
        if (!accept(text)) throw SyntaxError("'$text' is missing before $token", start)
    }

    private inline fun take(while_: (Char) -> Boolean): String {
        val from = at
        while (at < source.length && while_(source[at])) at++
        return source.substring(from, at)
    }
}

sealed class Tree {
    data class Constant(val value: Double) : Tree()
    data class Variable(val name: String) : Tree()
    data class Assign(val name: String, val value: Tree) : Tree()
    data class Binary(val operator: String, val left: Tree, val right: Tree) : Tree()
    data class Negate(val of: Tree) : Tree()
    data class Call(val name: String, val arguments: List<Tree>) : Tree()
    data class If(val condition: Tree, val then: Tree, val otherwise: Tree?) : Tree()
    data class While(val condition: Tree, val body: Tree) : Tree()
    data class Block(val parts: List<Tree>) : Tree()
    data class Return(val value: Tree) : Tree()
}

class Function(val name: String, val parameters: List<String>, val body: Tree)

class Parser(source: String) {
    private val tokens = Tokens(source)

    fun program(): Map<String, Function> {
        val functions = linkedMapOf<String, Function>()
        while (tokens.token != End) {
            tokens.expect("def")
            val name = name()
            tokens.expect("(")
            functions[name] = Function(name, list(")") { name() }, block())
        }
        return functions
    }

    private fun name(): String {
        val token = tokens.token as? Name ?: throw SyntaxError("a name is missing", tokens.start)
        tokens.advance()
        return token.text
    }

    private fun <T> list(end: String, element: () -> T): List<T> = buildList {
        while (!tokens.accept(end)) {
            if (isNotEmpty()) tokens.expect(",")
            add(element())
        }
    }

    private fun block(): Tree {
        tokens.expect("{")
        val parts = mutableListOf<Tree>()
        while (!tokens.accept("}")) parts += statement()
        return Tree.Block(parts)
    }

    private fun statement(): Tree = when {
        tokens.accept("if") -> Tree.If(binary(0), block(), if (tokens.accept("else")) block() else null)
        tokens.accept("while") -> Tree.While(binary(0), block())
        tokens.accept("return") -> Tree.Return(binary(0)).also { tokens.expect(";") }
        else -> {
            val left = binary(0)
            val whole = if (left is Tree.Variable && tokens.accept("=")) Tree.Assign(left.name, binary(0)) else left
            tokens.expect(";")
            whole
        }
    }

    private fun binary(level: Int): Tree {
        if (level == LEVELS.size) return unary()
        var left = binary(level + 1)
        while (true) {
            val operator = LEVELS[level].firstOrNull { tokens.accept(it) } ?: return left
            left = Tree.Binary(operator, left, binary(level + 1))
        }
    }

    private fun unary(): Tree = if (tokens.accept("-")) Tree.Negate(unary()) else primary()

    private fun primary(): Tree {
        val token = tokens.token
        return when {
            token is Number -> Tree.Constant(token.value).also { tokens.advance() }
            token is Name -> {
                val name = name()
                if (tokens.accept("(")) Tree.Call(name, list(")") { binary(0) }) else Tree.Variable(name)
            }
            tokens.accept("(") -> binary(0).also { tokens.expect(")") }
            else -> throw SyntaxError("unexpected $token", tokens.start)
        }
    }

    companion object {
        val LEVELS = listOf(listOf("||"), listOf("&&"), listOf("==", "!=", "<=", ">=", "<", ">"), listOf("+", "-"), listOf("*", "/", "%"))
    }
}

fun apply(operator: String, left: Double, right: Double): Double = when (operator) {
    "+" -> left + right
    "-" -> left - right
    "*" -> left * right
    "/" -> if (right == 0.0) throw RunError("division by zero") else left / right
    "%" -> left % right
    "<" -> truth(left < right)
    ">" -> truth(left > right)
    "<=" -> truth(left <= right)
    ">=" -> truth(left >= right)
    "==" -> truth(left == right)
    "!=" -> truth(left != right)
    "&&" -> truth(left != 0.0 && right != 0.0)
    "||" -> truth(left != 0.0 || right != 0.0)
    else -> throw RunError("no operator $operator")
}

fun truth(value: Boolean) = if (value) 1.0 else 0.0

/** Walks the tree; a return is an exception. */
class Interpreter(private val functions: Map<String, Function>) {
    private class Returned(val value: Double) : Throwable()

    var steps = 0

    fun call(name: String, arguments: List<Double>): Double {
        val function = functions[name] ?: throw RunError("no function $name")
        if (arguments.size != function.parameters.size) throw RunError("$name takes ${function.parameters.size} arguments")
        val variables = HashMap<String, Double>()
        function.parameters.zip(arguments).toMap(variables)
        return try {
            evaluate(function.body, variables)
        } catch (returned: Returned) {
            returned.value
        }
    }

    private fun evaluate(tree: Tree, variables: MutableMap<String, Double>): Double {
        steps++
        return when (tree) {
            is Tree.Constant -> tree.value
            is Tree.Variable -> variables[tree.name] ?: throw RunError("${tree.name} has no value")
            is Tree.Assign -> evaluate(tree.value, variables).also { variables[tree.name] = it }
            is Tree.Binary -> apply(tree.operator, evaluate(tree.left, variables), evaluate(tree.right, variables))
            is Tree.Negate -> -evaluate(tree.of, variables)
            is Tree.Call -> call(tree.name, tree.arguments.map { evaluate(it, variables) })
            is Tree.If -> when {
                evaluate(tree.condition, variables) != 0.0 -> evaluate(tree.then, variables)
                else -> tree.otherwise?.let { evaluate(it, variables) } ?: 0.0
            }
            is Tree.While -> {
                while (evaluate(tree.condition, variables) != 0.0) evaluate(tree.body, variables)
                0.0
            }
            is Tree.Block -> tree.parts.fold(0.0) { _, part -> evaluate(part, variables) }
            is Tree.Return -> throw Returned(evaluate(tree.value, variables))
        }
    }
}

sealed class Code {
    class Push(val value: Double) : Code()
    class Load(val slot: Int) : Code()
    class Store(val slot: Int) : Code()
    class Operate(val operator: String) : Code()
    class Jump(var to: Int) : Code()
    class JumpIfZero(var to: Int) : Code()
    class Invoke(val name: String, val count: Int) : Code()
    data object Drop : Code()
    data object Return : Code()
}

class Compiled(function: Function) {
    private val slots = function.parameters.withIndex().associateTo(mutableMapOf()) { it.value to it.index }
    val code = mutableListOf<Code>()
    val size get() = slots.size

    init {
        compile(function.body)
        code += Code.Return
    }

    private fun compile(tree: Tree) {
        when (tree) {
            is Tree.Constant -> code += Code.Push(tree.value)
            is Tree.Variable -> code += Code.Load(slots[tree.name] ?: throw RunError("${tree.name} has no value"))
            is Tree.Assign -> {
                compile(tree.value)
                val slot = slots.getOrPut(tree.name) { slots.size }
                code += Code.Store(slot)
                code += Code.Load(slot)
            }
            is Tree.Binary -> {
                compile(tree.left)
                compile(tree.right)
                code += Code.Operate(tree.operator)
            }
            is Tree.Negate -> compile(Tree.Binary("-", Tree.Constant(0.0), tree.of))
            is Tree.Call -> {
                tree.arguments.forEach(::compile)
                code += Code.Invoke(tree.name, tree.arguments.size)
            }
            is Tree.If -> {
                compile(tree.condition)
                val skip = Code.JumpIfZero(0).also { code += it }
                compile(tree.then)
                val end = Code.Jump(0).also { code += it }
                skip.to = code.size
                compile(tree.otherwise ?: Tree.Constant(0.0))
                end.to = code.size
            }
            is Tree.While -> {
                val start = code.size
                compile(tree.condition)
                val leave = Code.JumpIfZero(0).also { code += it }
                compile(tree.body)
                code += Code.Drop
                code += Code.Jump(start)
                leave.to = code.size
                code += Code.Push(0.0)
            }
            is Tree.Block -> {
                code += Code.Push(0.0)
                for (part in tree.parts) {
                    code += Code.Drop
                    compile(part)
                }
            }
            is Tree.Return -> {
                compile(tree.value)
                code += Code.Return
            }
        }
    }
}

class Machine(functions: Map<String, Function>) {
    private class Frame(val function: Compiled, val base: Int, var at: Int = 0)

    private val compiled = functions.mapValues { Compiled(it.value) }
    private val stack = ArrayList<Double>()
    var steps = 0

    fun call(name: String, arguments: List<Double>): Double {
        stack.clear()
        stack += arguments
        val frames = ArrayDeque<Frame>()
        enter(frames, name, arguments.size)
        while (true) {
            val frame = frames.last()
            steps++
            when (val code = frame.function.code[frame.at++]) {
                is Code.Push -> stack += code.value
                is Code.Load -> stack += stack[frame.base + code.slot]
                is Code.Store -> stack[frame.base + code.slot] = stack.removeLast()
                is Code.Operate -> {
                    val right = stack.removeLast()
                    stack[stack.size - 1] = apply(code.operator, stack.last(), right)
                }
                is Code.Jump -> frame.at = code.to
                is Code.JumpIfZero -> if (stack.removeLast() == 0.0) frame.at = code.to
                is Code.Invoke -> enter(frames, code.name, code.count)
                Code.Drop -> stack.removeLast()
                Code.Return -> {
                    val result = stack.removeLast()
                    while (stack.size > frame.base) stack.removeLast()
                    frames.removeLast()
                    if (frames.isEmpty()) return result
                    stack += result
                }
            }
        }
    }

    private fun enter(frames: ArrayDeque<Frame>, name: String, count: Int) {
        val function = compiled[name] ?: throw RunError("no function $name")
        frames += Frame(function, stack.size - count)
        repeat(function.size - count) { stack += 0.0 }
    }
}

const val PROGRAM = """
    def fibonacci(n) { if n < 2 { return n; } return fibonacci(n - 1) + fibonacci(n - 2); }
    def power(base, n) { result = 1; while n > 0 { if n % 2 == 1 { result = result * base; } base = base * base; n = (n - n % 2) / 2; } return result; }
    def collatz(limit) {
        best = 0; longest = 0; start = 1;
        while start <= limit {
            n = start; length = 1;
            while n != 1 { if n % 2 == 0 { n = n / 2; } else { n = 3 * n + 1; } length = length + 1; }
            if length > longest { longest = length; best = start; }
            start = start + 1;
        }
        return best * 1000 + longest;
    }
    def ackermann(m, n) { if m == 0 { return n + 1; } if n == 0 { return ackermann(m - 1, 1); } return ackermann(m - 1, ackermann(m, n - 1)); }
    def root(x) { guess = x; while guess * guess - x > 0.000001 || x - guess * guess > 0.000001 { guess = (guess + x / guess) / 2; } return guess; }
    def reciprocal(x) { return 1 / x; }
    def lost() { return missing(1); }
"""

fun main() {
    val functions = Parser(PROGRAM).program()
    println(functions.getValue("fibonacci").body)
    val calls = listOf(
        "fibonacci" to listOf(14.0 + minOf(ROUNDS, 9)), "power" to listOf(3.0, 30.0), "collatz" to listOf(150.0 * ROUNDS),
        "ackermann" to listOf(2.0, 6.0), "root" to listOf(2.0), "reciprocal" to listOf(0.0), "lost" to listOf(),
    )
    for ((name, arguments) in calls) {
        val interpreter = Interpreter(functions)
        val machine = Machine(functions)
        val walked = runCatching { interpreter.call(name, arguments) }
        val run = runCatching { machine.call(name, arguments) }
        check(walked.getOrNull() == run.getOrNull())
        println("$name$arguments = ${walked.getOrElse { it.message }}; ${interpreter.steps} and ${machine.steps} steps, ${run.exceptionOrNull()?.message}")
    }
    for (wrong in listOf("def f( { }", "def f() { return 1 +; }", "def 1() {}", "def f() { if x { y = 2; }", "x")) {
        try {
            Parser(wrong).program()
        } catch (e: SyntaxError) {
            println("${e.message}: '${wrong.drop(e.at)}'")
        }
    }
}
