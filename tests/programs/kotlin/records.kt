// JSON: a reader with its errors, a writer, and questions asked of what was read.

sealed class Json {
    data object Null : Json()
    data class Truth(val value: Boolean) : Json()
    data class Number(val value: Double) : Json()
    data class Text(val value: String) : Json()
    data class List(val items: kotlin.collections.List<Json>) : Json()
    data class Object(val members: Map<String, Json>) : Json()

    operator fun get(name: String): Json = (this as? Object)?.members?.get(name) ?: Null
    operator fun get(at: Int): Json = (this as? List)?.items?.getOrNull(at) ?: Null

    fun write(indent: Int = 0): String = StringBuilder().also { write(it, indent, 0) }.toString()

    private fun write(out: StringBuilder, indent: Int, depth: Int) {
        fun line(depth: Int) {
            if (indent > 0) out.append('\n').append(" ".repeat(indent * depth))
        }

        fun <T> all(open: Char, close: Char, items: Iterable<T>, item: (T) -> Unit) {
            out.append(open)
            var first = true
            for (one in items) {
                if (!first) out.append(',')
                first = false
                line(depth + 1)
                item(one)
            }
            if (!first) line(depth)
            out.append(close)
        }

        when (this) {
            Null -> out.append("null")
            is Truth -> out.append(value)
            is Number -> if (value == value.toLong().toDouble()) out.append(value.toLong()) else out.append(value)
            is Text -> quote(out, value)
            is List -> all('[', ']', items) { it.write(out, indent, depth + 1) }
            is Object -> all('{', '}', members.entries) { (name, value) ->
                quote(out, name)
                out.append(if (indent > 0) ": " else ":")
                value.write(out, indent, depth + 1)
            }
        }
    }

    companion object {
        private fun quote(out: StringBuilder, text: String) {
            out.append('"')
            for (c in text) when {
                c == '"' || c == '\\' -> out.append('\\').append(c)
                c == '\n' -> out.append("\\n")
                c < ' ' -> out.append("\\u").append(c.code.toString(16).padStart(4, '0'))
                else -> out.append(c)
            }
            out.append('"')
        }
    }
}

class Malformed(what: String, val line: Int, val column: Int) : IllegalArgumentException("$what in line $line, column $column")

class Reader(private val text: String) {
    private var at = 0

    fun read(): Json {
        val value = value(0)
        space()
        if (at < text.length) fail("something follows")
        return value
    }

    private fun fail(what: String): Nothing {
        val before = text.take(at)
        throw Malformed(what, before.count { it == '\n' } + 1, at - before.lastIndexOf('\n'))
    }

    private fun space() {
        while (at < text.length && text[at] in " \t\r\n") at++
    }

    private fun peek(): Char {
        space()
        return if (at < text.length) text[at] else fail("unexpected end")
    }

    private fun word(word: String, value: Json): Json {
        if (!text.startsWith(word, at)) fail("unknown word")
        at += word.length
        return value
    }

    private fun value(depth: Int): Json {
        if (depth > 200) fail("too deep")
        return when (peek()) {
            '{' -> {
                val members = LinkedHashMap<String, Json>()
                items('}') {
                    if (peek() != '"') fail("a name is missing")
                    val name = string()
                    if (peek() != ':') fail("':' is missing")
                    at++
                    if (members.put(name, value(depth + 1)) != null) fail("'$name' is there twice")
                }
                Json.Object(members)
            }
            '[' -> Json.List(buildList { items(']') { add(value(depth + 1)) } })
            '"' -> Json.Text(string())
            't' -> word("true", Json.Truth(true))
            'f' -> word("false", Json.Truth(false))
            'n' -> word("null", Json.Null)
            else -> number()
        }
    }

    private inline fun items(end: Char, item: () -> Unit) {
        at++
        if (peek() == end) {
            at++
            return
        }
        while (true) {
            item()
            when (peek()) {
                ',' -> at++
                end -> {
                    at++
                    return
                }
                else -> fail("',' or '$end' is missing")
            }
        }
    }

    private fun number(): Json {
        val start = at
        while (at < text.length && (text[at].isDigit() || text[at] in "+-.eE")) at++
        val value = text.substring(start, at).toDoubleOrNull()
        if (value == null) {
            at = start
            fail("no value")
        }
        return Json.Number(value)
    }

    private fun string(): String {
        at++
        val made = StringBuilder()
        while (true) {
            if (at >= text.length) fail("unexpected end")
            when (val c = text[at++]) {
                '"' -> return made.toString()
                '\\' -> when (val escaped = if (at < text.length) text[at++] else fail("unexpected end")) {
                    'n' -> made.append('\n')
                    't' -> made.append('\t')
                    'u' -> {
                        val code = text.substring(at, minOf(at + 4, text.length)).toIntOrNull(16) ?: fail("bad escape")
                        made.append(code.toChar())
                        at += 4
                    }
                    '"', '\\', '/' -> made.append(escaped)
                    else -> fail("bad escape")
                }
                else -> made.append(c)
            }
        }
    }
}

fun generate(count: Int): Json {
    var state = 12345
    fun next(below: Int): Int {
        state = state * 1664525 + 1013904223
        return (state ushr 8) % below
    }
    return Json.List(List(count) { number ->
        Json.Object(linkedMapOf(
            "id" to Json.Number(number.toDouble()),
            "name" to Json.Text("boat \"${('a' + next(26))}\"\t${"é🦀\\/"[next(5)]}"),
            "length" to Json.Number(next(4000) / 64.0),
            "afloat" to if (next(3) == 0) Json.Null else Json.Truth(next(2) == 0),
            "crew" to Json.List(List(next(4)) { Json.Object(mapOf("age" to Json.Number(next(60) + 15.0), "rank" to Json.Text("r${next(5)}"))) }),
        ))
    })
}

fun depth(value: Json): Int = when (value) {
    is Json.List -> 1 + (value.items.maxOfOrNull(::depth) ?: 0)
    is Json.Object -> 1 + (value.members.values.maxOfOrNull(::depth) ?: 0)
    else -> 0
}

fun main() {
    val boats = generate(400)
    var hash = 0
    var size = 0
    repeat(ROUNDS) {
        val text = boats.write()
        val again = Reader(text).read()
        check(again == boats && Reader(boats.write(2)).read() == boats)
        hash = hash * 31 + text.hashCode()
        size = text.length
    }
    println("$size characters, hash $hash, depth ${depth(boats)}")
    println(boats[3].write(2))
    val crews = (boats as Json.List).items.flatMap { (it["crew"] as Json.List).items }
    val ages = crews.groupBy({ (it["rank"] as Json.Text).value }) { (it["age"] as Json.Number).value }
    for ((rank, some) in ages.toList().sortedBy { it.first }) println("$rank: ${some.size} of ${some.average()}")
    println(boats.items.count { it["afloat"] == Json.Truth(true) } to boats[9]["crew"][7]["age"])
    println(Reader(""" { "a" : [ 1 , -2.5e3, 0.1, 1e300, {} , [ ] ], "\u00e9\n" : "\ud83e\udd80", "" : null } """).read().write())
    val wrong = listOf(
        "", "[1, 2", "{\"a\" 1}", "[1,\n 2,\n  tru]", "{\"a\":1, \"a\":2}", "\"\\x\"", "[1] 2", "{1:2}", "-", "\"abc", "[".repeat(300), "\"\\u12\"",
    )
    for (text in wrong) println("${runCatching { Reader(text).read() }.exceptionOrNull()?.message}")
}
