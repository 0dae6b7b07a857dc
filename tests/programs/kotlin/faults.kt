// Exceptions: custom types, causes, finally in every order, resources, and deep stacks that unwind.

sealed class Fault(message: String, cause: Throwable? = null) : Exception(message, cause)

class Leak(val litres: Int) : Fault("$litres litres are lost")

class Blockage(where: String, cause: Throwable) : Fault("blocked at $where", cause)

class Valve(private val name: String, private val log: MutableList<String>, private val broken: Boolean = false) : AutoCloseable {
    init {
        log += "open $name"
    }

    override fun close() {
        log += "close $name"
        if (broken) throw IllegalStateException("$name does not close")
    }
}

fun order(how: Int, log: MutableList<String>): Int {
    for (round in 0..3) {
        try {
            log += "try $round"
            if (how == 0) return round
            if (how == 1 && round == 1) break
            if (how == 2 && round < 2) continue
            if (how == 3) throw Leak(round)
        } catch (e: Leak) {
            log += "caught ${e.litres}"
            if (e.litres == 2) return -1
        } finally {
            log += "finally $round"
            if (how == 4 && round == 2) return 99
        }
    }
    return 7
}

fun resources(broken: Boolean, fail: Boolean): List<String> {
    val log = mutableListOf<String>()
    try {
        Valve("outer", log).use {
            Valve("inner", log, broken).use {
                if (fail) throw Leak(5)
                log += "water runs"
            }
        }
    } catch (e: Exception) {
        log += "${e::class.simpleName}: ${e.message}; ${e.suppressedExceptions.map { it.message }}"
    }
    return log
}

fun descend(depth: Int, found: IntArray): Int {
    if (depth == 0) throw Leak(found[0])
    try {
        return descend(depth - 1, found) + 1
    } finally {
        found[0]++
    }
}

fun wrap(depth: Int): Nothing {
    try {
        if (depth == 0) throw ArithmeticException("by nothing")
        wrap(depth - 1)
    } catch (e: Exception) {
        throw Blockage("pipe $depth", e)
    }
}

fun chain(e: Throwable): String = generateSequence(e) { it.cause }.joinToString(" < ") { "${it.message}" }

fun standard(): List<Pair<String, () -> Any?>> = listOf(
    "index" to { listOf(1, 2)[2] },
    "array" to { IntArray(3)[-1] },
    "null" to { (null as String?)!!.length },
    "cast" to { (1 as Any) as String },
    "number" to { "x1".toInt() },
    "division" to { 1 / "0".toInt() },
    "element" to { emptyList<Int>().first() },
    "key" to { mapOf(1 to 2).getValue(3) },
    "require" to { require(1 > 2) { "one is not more" } },
    "check" to { check(false) },
    "size" to { ArrayList<Int>(-1) },
    "substring" to { "abc".substring(2, 1) },
    "when" to { TODO("later") },
    "nothing" to { 42 },
)

class Account(var balance: Int) {
    fun withdraw(amount: Int) {
        if (amount > balance) throw IllegalArgumentException("$amount is more than $balance")
        balance -= amount
    }
}

fun transfers(): String {
    val accounts = List(10) { Account(1000) }
    var refused = 0
    var state = 1L
    repeat(20000) {
        state = (state * 6364136223846793005L + 1442695040888963407L)
        val from = accounts[(state ushr 40).toInt() and 0xFFFF and 7]
        val to = accounts[((state ushr 20).toInt() and 0xFFFF) % 10]
        val amount = ((state ushr 50).toInt() and 0x3FFF) % 700
        try {
            from.withdraw(amount)
            to.balance += amount
        } catch (e: IllegalArgumentException) {
            refused++
        }
    }
    return "refused $refused, balances ${accounts.map { it.balance }}, sum ${accounts.sumOf { it.balance }}"
}

fun main() {
    for (how in 0..4) {
        val log = mutableListOf<String>()
        println("${order(how, log)} $log")
    }
    for (broken in listOf(false, true)) for (fail in listOf(false, true)) println(resources(broken, fail))
    val found = intArrayOf(100)
    try {
        descend(1000, found)
    } catch (e: Leak) {
        println("${e.message}, now ${found[0]}")
    }
    try {
        wrap(6)
    } catch (e: Fault) {
        println(chain(e))
        println(
            when (e) {
                is Leak -> "a leak"
                is Blockage -> "a blockage, ${generateSequence<Throwable>(e) { it.cause }.count()} deep"
            }
        )
    }
    for ((name, fails) in standard()) {
        val result = runCatching(fails)
        println("$name: ${result.fold({ "$it" }, { it::class.simpleName })}")
    }
    println(runCatching { "4".toInt() }.mapCatching { it / (it - 4) }.recover { -1 }.getOrThrow())
    println(transfers())
}
