// Strings: Unicode, builders, bytes, searching, and regular expressions.

val TEXT = """
    |The tide went out at 05:48, on 3 March 1921; the boat "Ægir" lay on the sand.
    |Bjørn counted: één, deux, trois, čtyři, пять, έξι, 七, 八 — and 🦀 crabs 🦀🦀.
    |Prices: 12.50 kr, 7 kr, 1.250,75 kr; mail to bjorn@fjord.example or ask@harbour.example.
""".trimMargin()

fun shapes() {
    println("${TEXT.length} characters, ${TEXT.encodeToByteArray().size} bytes, ${TEXT.lines().size} lines")
    println(TEXT.uppercase())
    println(TEXT.lowercase().hashCode())
    println(TEXT.filter { it.isLetter() && it > '\u007F' })
    println(TEXT.split(' ', ',', ';').filter { it.isNotBlank() }.map { it.trim().length })
    println("straße".uppercase() + " " + "ΣΊΣΥΦΟΣ".lowercase() + " " + "ǆ".replaceFirstChar { it.titlecase() })
    println("a\u0301 é ﬁ".map { it.category.code })
}

fun codePoints(text: String): List<Int> {
    val points = mutableListOf<Int>()
    var at = 0
    while (at < text.length) {
        val high = text[at++]
        if (high.isHighSurrogate() && at < text.length && text[at].isLowSurrogate()) {
            points += 0x10000 + ((high.code - 0xD800) shl 10) + (text[at++].code - 0xDC00)
        } else {
            points += high.code
        }
    }
    return points
}

fun bytes() {
    val points = codePoints(TEXT)
    println("${points.size} code points, the largest ${points.max().toString(16)}, ${points.count { it == 0x1F980 }} crabs")
    val encoded = TEXT.encodeToByteArray()
    check(encoded.decodeToString() == TEXT)
    // Half a crab, and what is no UTF-8.
    println("🦀"[0].toString().encodeToByteArray().toList())
    println(byteArrayOf(0x61, -1, 0x62, -61).decodeToString().map { it.code.toString(16) })
    try {
        byteArrayOf(0x61, -1).decodeToString(throwOnInvalidSequence = true)
    } catch (e: CharacterCodingException) {
        println("not UTF-8")
    }
    println(encoded.take(8).joinToString("") { (it.toInt() and 0xFF).toString(16).padStart(2, '0') })
    println(encoded.sliceArray(100..110).toHexString())
}

fun builders() {
    val made = StringBuilder()
    for (i in 0 until 3000) {
        made.append(i).append(if (i % 5 == 0) "é" else '-')
        if (i % 100 == 99) made.insert(made.length / 2, "<$i>")
        if (i % 250 == 249) made.deleteRange(10, 60)
    }
    made.reverse()
    made[3] = '!'
    made.setLength(made.length - 7)
    println("${made.length} ${made.indexOf("<")} ${made.lastIndexOf(">")} ${made.toString().hashCode()}")
    println(buildString { for (c in 'a'..'z' step 5) append(c, c.uppercaseChar(), c.code) })
    println("ab".repeat(5).replace("ba", "-").removePrefix("a").removeSuffix("b"))
    println("kayak".reversed() == "kayak")
    println("one two  three".split(" ").map { it.ifEmpty { "?" } })
    println("  x ".trim().padStart(4, '.').padEnd(6, '.'))
    println("apple".commonPrefixWith("apply") + "apple".substringAfterLast('p') + "apple".substringBefore('z', "-"))
    println(listOf("B", "a", "É", "z", "e").sortedWith(String.CASE_INSENSITIVE_ORDER))
}

fun numbers() {
    println(listOf("12", "-7", "0x1F", "2147483648", "1e3", "").map { it.toIntOrNull() })
    println(listOf("12.5", "-0", "NaN", "1e400", "4.9e-324", "abc").map { it.toDoubleOrNull() })
    println("${255.toString(2)} ${(-255).toString(36)} ${"zz".toInt(36)} ${Long.MIN_VALUE} ${ULong.MAX_VALUE}")
    println("${1.0 / 3} ${1e21} ${123456789.0} ${0.1f + 0.2f} ${0.1 + 0.2} ${-0.0} ${100.0f} ${1e-7} ${Double.MIN_VALUE}")
    println("${1.0.toBits().toString(16)} ${Float.MAX_VALUE} ${5.toChar().code} ${'7'.digitToInt()} ${3.7.toInt()} ${Double.NaN.toInt()}")
    println("${Int.MAX_VALUE + 1} ${1e10.toInt()} ${(-7).mod(3)} ${-7 % 3} ${(-7).floorDiv(2)} ${1 shl 33} ${-1 ushr 28}")
}

fun expressions() {
    println(Regex("""\d+(?:[.,]\d+)*""").findAll(TEXT).map { it.value }.toList())
    println(Regex("""(\w+)@(\w+)\.example""").findAll(TEXT).map { it.destructured.let { (who, where) -> "$where/$who" } }.toList())
    println(Regex("""\b(\w)(\w*)\b""").replace("the tide went out") { it.groupValues[1].uppercase() + it.groupValues[2] })
    println(Regex("""(?<hour>\d\d):(?<minute>\d\d)""").find(TEXT)?.let { "${it.groups["hour"]?.value}h${it.groups["minute"]?.value}" })
    println(Regex("""\s*[;,]\s*""").split("a ; b,c ,d", 3))
    println(Regex("^[a-z]+$", setOf(RegexOption.MULTILINE, RegexOption.IGNORE_CASE)).findAll("One\nTwo 2\nthree").count())
    println(Regex("(a+)+b").matches("a".repeat(14) + "c"))
    println("2026-11-30".matches(Regex("""\d{4}-(0[1-9]|1[0-2])-\d{2}""")))
    println(Regex("""(["'])(.*?)\1""").find(TEXT)?.groupValues)
    println(Regex("(?=.*\\d)(?!.*x)").containsMatchIn("abc1") to Regex("[^\\p{L} ]+").replace("a1b! é?", "_"))
}

fun main() {
    shapes()
    bytes()
    builders()
    numbers()
    expressions()
}
