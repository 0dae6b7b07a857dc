// Arithmetic: large integers by hand, digits of pi and e, modular powers, unsigned numbers, fractions, matrices.

class Big private constructor(private val limbs: IntArray) : Comparable<Big> {
    operator fun plus(other: Big): Big {
        val result = IntArray(maxOf(limbs.size, other.limbs.size) + 1)
        var carry = 0L
        for (i in result.indices) {
            carry += limb(i) + other.limb(i)
            result[i] = (carry % BASE).toInt()
            carry /= BASE
        }
        return of(result)
    }

    operator fun minus(other: Big): Big {
        val result = IntArray(limbs.size)
        var borrow = 0L
        for (i in result.indices) {
            val left = limb(i) - other.limb(i) - borrow
            borrow = if (left < 0) 1 else 0
            result[i] = (left + borrow * BASE).toInt()
        }
        check(borrow == 0L) { "negative" }
        return of(result)
    }

    operator fun times(other: Big): Big {
        val result = IntArray(limbs.size + other.limbs.size)
        for (i in limbs.indices) {
            var carry = 0L
            for (j in 0 until result.size - i) {
                carry += result[i + j] + limb(i) * other.limb(j)
                result[i + j] = (carry % BASE).toInt()
                carry /= BASE
            }
        }
        return of(result)
    }

    operator fun times(small: Int) = times(from(small.toLong()))

    fun divided(by: Int): Pair<Big, Int> {
        val result = IntArray(limbs.size)
        var rest = 0L
        for (i in limbs.indices.reversed()) {
            rest = rest * BASE + limbs[i]
            result[i] = (rest / by).toInt()
            rest %= by
        }
        return of(result) to rest.toInt()
    }

    infix fun pow(exponent: Int): Big = when {
        exponent == 0 -> ONE
        exponent % 2 == 0 -> (this * this) pow exponent / 2
        else -> this * (this pow exponent - 1)
    }

    override fun compareTo(other: Big): Int {
        if (limbs.size != other.limbs.size) return limbs.size.compareTo(other.limbs.size)
        for (i in limbs.indices.reversed()) if (limbs[i] != other.limbs[i]) return limbs[i].compareTo(other.limbs[i])
        return 0
    }

    override fun equals(other: Any?) = other is Big && limbs.contentEquals(other.limbs)

    override fun hashCode() = limbs.contentHashCode()

    override fun toString() = buildString {
        append(limbs.lastOrNull() ?: 0)
        for (i in limbs.size - 2 downTo 0) append(limbs[i].toString().padStart(9, '0'))
    }

    private fun limb(at: Int): Long = if (at < limbs.size) limbs[at].toLong() else 0

    companion object {
        const val BASE = 1_000_000_000L
        val ONE = from(1)

        fun from(value: Long): Big = of(intArrayOf((value % BASE).toInt(), (value / BASE % BASE).toInt(), (value / BASE / BASE).toInt()))

        fun parse(text: String) = of(text.reversed().chunked(9).map { it.reversed().toInt() }.toIntArray())

        private fun of(limbs: IntArray): Big {
            var size = limbs.size
            while (size > 0 && limbs[size - 1] == 0) size--
            return Big(limbs.copyOf(size))
        }
    }
}

fun pi(count: Int): String = buildString {
    val size = count * 10 / 3 + 1
    val digits = IntArray(size) { 2 }
    var nines = 0
    var held = 0
    repeat(count + 1) {
        var carry = 0
        for (i in size - 1 downTo 1) {
            val value = digits[i] * 10 + carry
            digits[i] = value % (2 * i + 1)
            carry = value / (2 * i + 1) * i
        }
        val value = digits[0] * 10 + carry
        digits[0] = value % 10
        when (val next = value / 10) {
            9 -> nines++
            else -> {
                append(held + next / 10)
                repeat(nines) { append(if (next == 10) 0 else 9) }
                held = next % 10
                nines = 0
            }
        }
    }
}

fun power(base: ULong, exponent: ULong, modulus: ULong): ULong {
    var result = 1uL
    var square = base % modulus
    var rest = exponent
    while (rest > 0u) {
        if (rest and 1u == 1uL) result = result * square % modulus
        square = square * square % modulus
        rest = rest shr 1
    }
    return result
}

fun gcd(a: Long, b: Long): Long = if (b == 0L) a else gcd(b, a % b)

class Fraction(top: Long, bottom: Long) {
    private val common = gcd(kotlin.math.abs(top), bottom)
    val top = top / common
    val bottom = bottom / common

    operator fun plus(other: Fraction) = Fraction(top * other.bottom + other.top * bottom, bottom * other.bottom)
    operator fun times(other: Fraction) = Fraction(top * other.top, bottom * other.bottom)
    operator fun unaryMinus() = Fraction(-top, bottom)
    override fun toString() = if (bottom == 1L) "$top" else "$top/$bottom"
}

/** Bernoulli numbers, by what Akiyama and Tanigawa found. */
fun bernoulli(count: Int): List<Fraction> = List(count) { n ->
    val row = Array(n + 1) { Fraction(1, it + 1L) }
    for (j in 1..n) for (m in 0..n - j) row[m] = (row[m] + -row[m + 1]) * Fraction(m + 1L, 1)
    row[0]
}

fun determinant(size: Int): Double {
    val rows = Array(size) { i -> DoubleArray(size) { j -> 1.0 / (i + j + 1) + if (i == j) 1.0 else 0.0 } }
    var result = 1.0
    for (i in 0 until size) {
        val pivot = (i until size).maxBy { kotlin.math.abs(rows[it][i]) }
        if (pivot != i) rows[i] = rows[pivot].also { rows[pivot] = rows[i]; result = -result }
        result *= rows[i][i]
        for (k in i + 1 until size) {
            val factor = rows[k][i] / rows[i][i]
            for (j in i until size) rows[k][j] -= factor * rows[i][j]
        }
    }
    return result
}

fun main() {
    val factorial = (1..300).fold(Big.ONE) { product, i -> product * i }
    println(factorial)
    println(Big.from(3) pow 500)
    var (a, b) = Big.ONE to Big.ONE
    repeat(2000) { a = b.also { b = a + b } }
    println(a)
    check(Big.parse(a.toString()) == a && (b - a) + a == b && b > a)
    println(generateSequence(factorial to 0) { (value, _) -> value.divided(10) }.drop(1).takeWhile { it.second == 0 }.count())
    println(pi(250))
    println(power(3u, 1_000_000_007uL - 2u, 1_000_000_007uL) * 3u % 1_000_000_007uL)
    println((2uL..2000uL).filter { n -> listOf(2uL, 3uL, 5uL, 7uL).all { it % n == 0uL || power(it, n - 1u, n) == 1uL } }.size)
    println(bernoulli(19).filterIndexed { at, _ -> at < 2 || at % 2 == 0 })
    println("${determinant(6)} ${determinant(40)}")
    println(listOf(Int.MIN_VALUE, -1, 0, 12345).map { "${it.countOneBits()} ${it.countLeadingZeroBits()} ${it.toUInt()} ${it.rotateLeft(7)}" })
    println("${Long.MAX_VALUE + 1} ${(-5).toUByte()} ${300.toByte()} ${ULong.MAX_VALUE / 3u} ${UInt.MAX_VALUE.toDouble()} ${(-1L).toULong().toFloat()}")
    with(kotlin.math.PI) {
        println(listOf(kotlin.math.sin(this / 6), kotlin.math.exp(1.0), kotlin.math.ln(10.0), kotlin.math.sqrt(2.0), kotlin.math.atan2(1.0, -1.0)))
        println(listOf(kotlin.math.round(2.5), kotlin.math.floor(-2.5), kotlin.math.truncate(-2.5), 2.5.rem(-2.0), 10.0.pow(0.5)))
    }
}

fun Double.pow(exponent: Double) = kotlin.math.exp(kotlin.math.ln(this) * exponent)
