// Grids and floats: the game of life, planets, waves, mandelbrot, distances, and what arrays of all kinds hold.

import kotlin.math.*

class Life(private val width: Int, private val height: Int, alive: (Int, Int) -> Boolean) {
    private var cells = Array(height) { y -> BooleanArray(width) { x -> alive(x, y) } }

    fun step() {
        cells = Array(height) { y ->
            BooleanArray(width) { x ->
                val near = (-1..1).sumOf { dy -> (-1..1).count { dx -> (dx != 0 || dy != 0) && at(x + dx, y + dy) } }
                near == 3 || near == 2 && cells[y][x]
            }
        }
    }

    private fun at(x: Int, y: Int) = cells[(y + height) % height][(x + width) % width]

    fun count() = cells.sumOf { row -> row.count { it } }

    override fun toString() = cells.joinToString("\n") { row -> row.joinToString("") { if (it) "#" else "." } }
}

data class Vector(val x: Double, val y: Double, val z: Double) {
    operator fun plus(other: Vector) = Vector(x + other.x, y + other.y, z + other.z)
    operator fun minus(other: Vector) = Vector(x - other.x, y - other.y, z - other.z)
    operator fun times(factor: Double) = Vector(x * factor, y * factor, z * factor)
    infix fun dot(other: Vector) = x * other.x + y * other.y + z * other.z
    val length get() = sqrt(this dot this)
}

class Body(var place: Vector, var speed: Vector, val mass: Double)

class Planets(private val bodies: List<Body>) {
    fun step(time: Double) {
        for ((at, one) in bodies.withIndex()) for (other in bodies.subList(at + 1, bodies.size)) {
            val apart = one.place - other.place
            val pull = apart * (time / apart.length.let { it * it * it })
            one.speed -= pull * other.mass
            other.speed += pull * one.mass
        }
        for (body in bodies) body.place += body.speed * time
    }

    fun energy() = bodies.sumOf { it.mass * (it.speed dot it.speed) / 2 } -
        bodies.indices.sumOf { i -> (0 until i).sumOf { j -> bodies[i].mass * bodies[j].mass / (bodies[i].place - bodies[j].place).length } }
}

fun mandelbrot(width: Int, height: Int) = List(height) { row ->
    CharArray(width) { column ->
        val (a, b) = 3.0 * column / width - 2.2 to 2.4 * row / height - 1.2
        var (x, y) = 0.0 to 0.0
        var steps = 0
        while (x * x + y * y < 4 && steps < 60) {
            val next = x * x - y * y + a
            y = 2 * x * y + b
            x = next
            steps++
        }
        " .:-=+*#%@"[min(steps / 6, 9)]
    }.concatToString()
}

fun fourier(values: DoubleArray): Pair<DoubleArray, DoubleArray> {
    val size = values.size
    if (size == 1) return values to doubleArrayOf(0.0)
    val (evenReal, evenImaginary) = fourier(DoubleArray(size / 2) { values[2 * it] })
    val (oddReal, oddImaginary) = fourier(DoubleArray(size / 2) { values[2 * it + 1] })
    val real = DoubleArray(size)
    val imaginary = DoubleArray(size)
    for (k in 0 until size / 2) {
        val (c, s) = cos(-2 * PI * k / size) to sin(-2 * PI * k / size)
        val x = c * oddReal[k] - s * oddImaginary[k]
        val y = c * oddImaginary[k] + s * oddReal[k]
        real[k] = evenReal[k] + x
        imaginary[k] = evenImaginary[k] + y
        real[k + size / 2] = evenReal[k] - x
        imaginary[k + size / 2] = evenImaginary[k] - y
    }
    return real to imaginary
}

fun multiply(a: Array<FloatArray>, b: Array<FloatArray>) = Array(a.size) { i ->
    FloatArray(b[0].size) { j ->
        var sum = 0f
        for (k in b.indices) sum += a[i][k] * b[k][j]
        sum
    }
}

fun distance(a: String, b: String): Int {
    val table = Array(a.length + 1) { i -> IntArray(b.length + 1) { j -> if (i == 0) j else if (j == 0) i else 0 } }
    for (i in 1..a.length) for (j in 1..b.length) {
        table[i][j] = minOf(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + if (a[i - 1] == b[j - 1]) 0 else 1)
    }
    return table[a.length][b.length]
}

@OptIn(ExperimentalUnsignedTypes::class)
fun arrays() {
    val bytes = ByteArray(300) { (it * 7).toByte() }
    val shorts = ShortArray(5) { (it * 20000).toShort() }
    val longs = LongArray(4) { 1L shl (it * 20) }
    println("${bytes.sum()} ${bytes.max()} ${shorts.toList()} ${longs.toList()} ${bytes.copyOfRange(290, 300).toList()}")
    bytes.copyInto(bytes, 5, 0, 200)
    bytes.fill(3, 250, 260)
    println("${bytes.contentHashCode()} ${bytes.indexOf(3)} ${bytes.lastIndexOf(3)}")
    val objects = arrayOfNulls<String>(6)
    objects[2] = "two"
    objects.fill("last", 4)
    println("${objects.contentToString()} ${objects.filterNotNull()} ${(objects + "more").size}")
    println(arrayOf(intArrayOf(1, 2), intArrayOf(3)).contentDeepToString())
    println("${charArrayOf('b', 'a').sortedArray().concatToString()} ${booleanArrayOf(true, false).toList()} ${uintArrayOf(1u, UInt.MAX_VALUE).sum()}")
}

fun main() {
    val life = Life(40, 24) { x, y -> (x * 7 + y * 13) % 5 == 0 || x == y }
    repeat(60) { life.step() }
    println(life)
    println(life.count())
    val planets = Planets(listOf(
        Body(Vector(0.0, 0.0, 0.0), Vector(0.0, 0.0, 0.0), 39.47),
        Body(Vector(4.84, -1.16, -0.10), Vector(0.606, 2.811, -0.02), 0.037),
        Body(Vector(8.34, 4.12, -0.4), Vector(-1.01, 1.82, 0.008), 0.011),
        Body(Vector(12.89, -15.11, -0.22), Vector(1.08, 0.868, -0.01), 0.0017),
    ))
    println(planets.energy())
    repeat(4000) { planets.step(0.001) }
    println(planets.energy())
    mandelbrot(60, 20).forEach(::println)
    val (real, imaginary) = fourier(DoubleArray(512) { sin(it / 9.0) + it % 3 })
    println(real.indices.sortedByDescending { hypot(real[it], imaginary[it]) }.take(5))
    val matrix = Array(40) { i -> FloatArray(40) { j -> (i * j % 7) / 8f } }
    println((0..3).fold(matrix) { product, _ -> multiply(product, matrix) }[7].take(4))
    println("${distance("lighthouse keeper", "light housekeeping")} ${distance("kitten".repeat(9), "sitting".repeat(8))}")
    arrays()
}
