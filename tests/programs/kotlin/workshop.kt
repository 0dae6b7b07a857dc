// What the language has: interfaces, generics, delegates, operators, lambdas, enum maps, value classes, inline functions, objects.

import kotlin.properties.Delegates
import kotlin.properties.ReadWriteProperty
import kotlin.reflect.KProperty

interface Shape {
    val area: Double
    fun describe() = "${this::class.simpleName} of ${"$area".take(6)}"
}

interface Named {
    val name: String
    fun describe() = "named $name"
}

class Circle(val radius: Double) : Shape {
    override val area get() = kotlin.math.PI * radius * radius
}

open class Box(val width: Double, val height: Double) : Shape {
    override val area get() = width * height
}

class Tile(size: Double, override val name: String) : Box(size, size), Named {
    override fun describe() = "${super<Box>.describe()}, ${super<Named>.describe()}"
}

class Loud(private val shape: Shape, private val log: MutableList<String>) : Shape by shape {
    override fun describe() = shape.describe().uppercase().also(log::add)
}

enum class Level(val weight: Int) {
    LOW(1) { override fun next() = MIDDLE },
    MIDDLE(5) { override fun next() = HIGH },
    HIGH(20) { override fun next() = LOW };

    abstract fun next(): Level
}

value class Metres(val value: Double) : Comparable<Metres> {
    operator fun plus(other: Metres) = Metres(value + other.value)
    operator fun div(other: Metres) = value / other.value
    override fun compareTo(other: Metres) = value.compareTo(other.value)
    override fun toString() = "${value}m"
}

val Number.metres get() = Metres(toDouble())

class Grid<T>(val width: Int, val height: Int, start: (Int, Int) -> T) : Iterable<T> {
    private val cells = MutableList(width * height) { start(it % width, it / width) }

    operator fun get(x: Int, y: Int) = cells[y * width + x]
    operator fun set(x: Int, y: Int, value: T) = value.let { cells[y * width + x] = it }
    operator fun contains(value: T) = value in cells
    operator fun invoke(change: Grid<T>.() -> Unit) = apply(change)
    override fun iterator() = cells.iterator()
    fun <R> map(change: (T) -> R) = Grid(width, height) { x, y -> change(this[x, y]) }
}

sealed interface Tree<out T : Comparable<@UnsafeVariance T>> {
    data object Leaf : Tree<Nothing>
    class Fork<T : Comparable<T>>(val left: Tree<T>, val value: T, val right: Tree<T>) : Tree<T>
}

tailrec fun <T : Comparable<T>> Tree<T>.has(value: T): Boolean = when (this) {
    Tree.Leaf -> false
    is Tree.Fork -> when {
        value < this.value -> left.has(value)
        value > this.value -> right.has(value)
        else -> true
    }
}

fun <T : Comparable<T>> Tree<T>.with(value: T): Tree<T> = when (this) {
    Tree.Leaf -> Tree.Fork(this, value, this)
    is Tree.Fork -> when {
        value < this.value -> Tree.Fork(left.with(value), this.value, right)
        value > this.value -> Tree.Fork(left, this.value, right.with(value))
        else -> this
    }
}

fun <T : Comparable<T>, R> Tree<T>.fold(start: R, step: (R, T) -> R): R = when (this) {
    Tree.Leaf -> start
    is Tree.Fork -> right.fold(step(left.fold(start, step), value), step)
}

class Clamped(private var value: Int, private val range: IntRange) : ReadWriteProperty<Any?, Int> {
    override fun getValue(thisRef: Any?, property: KProperty<*>) = value
    override fun setValue(thisRef: Any?, property: KProperty<*>, value: Int) {
        this.value = value.coerceIn(range)
    }
}

class Settings(values: Map<String, Any>) {
    val title: String by values
    var volume by Clamped(5, 0..10)
    val heavy by lazy { log += "made"; List(1000) { it }.sum() }
    var seen: Int by Delegates.observable(0) { property, old, new -> log += "${property.name} $old>$new" }
    val log = mutableListOf<String>()
}

class Builder {
    private val out = StringBuilder()
    private var depth = 0

    operator fun String.invoke(vararg attributes: Pair<String, Any>, inside: Builder.() -> Unit = {}) {
        out.append("  ".repeat(depth)).append("<$this${attributes.joinToString("") { (name, value) -> " $name=$value" }}>\n")
        depth++
        inside()
        depth--
    }

    operator fun String.unaryPlus() {
        out.append("  ".repeat(depth)).append(this).append('\n')
    }

    override fun toString() = out.toString()
}

inline fun <reified T> Iterable<*>.only(): List<T> = filterIsInstance<T>()

inline fun search(from: Iterable<Int>, stop: (Int) -> Boolean): Int? {
    for (one in from) if (stop(one)) return one
    return null
}

fun firstSquare(from: Int): Int {
    search(from..10000) { candidate -> if ((1..100).any { it * it == candidate }) return candidate else false }
    return -1
}

infix fun <A, B, C> ((A) -> B).then(next: (B) -> C): (A) -> C = { next(this(it)) }

fun <T, R> memo(make: (T, (T) -> R) -> R): (T) -> R {
    val known = mutableMapOf<T, R>()
    fun find(key: T): R = known[key] ?: make(key, ::find).also { known[key] = it }
    return ::find
}

object Counter {
    private var count = 0
    operator fun next() = ++count
    private operator fun Int.not() = -this
}

fun kind(value: Any?): String = when (value) {
    null -> "nothing"
    is Int, is Long -> "whole $value"
    in listOf("a", "b") -> "a letter"
    is String if value.length > 3 -> "long text"
    is String -> "text"
    is Function<*> -> "a function"
    is List<*> -> value.joinToString(prefix = "(", postfix = ")", transform = ::kind)
    is Comparable<*> -> "comparable"
    else -> value::class.simpleName ?: "something"
}

fun main() {
    val log = mutableListOf<String>()
    val shapes = listOf(Circle(1.5), Box(2.0, 3.0), Tile(2.0, "blue"), Loud(Tile(1.0, "red"), log))
    for (shape in shapes) println(shape.describe())
    println("$log ${shapes.only<Box>().size} ${shapes.only<Named>().map { it.name }} ${shapes.sumOf { it.area }}")
    val weights = Level.entries.associateWith { it.weight }
    println(Level.entries.map { "${it.next()} ${weights[it.next()]} ${Level.valueOf(it.name).ordinal}" })
    println("${3.metres + 4.5.metres} ${10.metres / 4.metres} ${listOf(3.metres, 1.metres).max()} ${5.metres in 1.metres..9.metres}")
    val grid = Grid(5, 4) { x, y -> x * y }
    grid { this[1, 1] = 100; this[4, 3] += 7 }
    println("${100 in grid} ${grid.map { it * 2 }.toList()} ${grid.maxOrNull()}")
    var tree: Tree<String> = Tree.Leaf
    for (i in 0 until 500) tree = tree.with("k${i * 37 % 500}")
    println("${tree.has("k77")} ${tree.has("k777")} ${tree.fold(0) { hash, key -> hash * 31 + key.length }} ${tree.fold("") { last, key -> maxOf(last, key) }}")
    val settings = Settings(mapOf("title" to "Workshop"))
    settings.volume = 99
    repeat(2) { settings.seen += settings.heavy }
    println("${settings.title} ${settings.volume} ${settings.log}")
    print(Builder().apply { "house" { "room"("doors" to 2, "name" to "hall") { +"a chair"; "shelf"() }; +"a roof" } })
    println("${firstSquare(50)} ${firstSquare(9999)} ${search(1..9) { it * it > 30 }}")
    println((String::length then { it * it } then Int::toString then { "<$it>" })("seven77"))
    val ways = memo<Pair<Int, Int>, Long> { (x, y), find -> if (x == 0 || y == 0) 1 else find(x - 1 to y) + find(x to y - 1) }
    println("${ways(16 to 16)} ${Counter.next() + Counter.next()}")
    println(kind(listOf(null, 1, 2L, "a", "text", "t", 'c', listOf(::main, 1.5), Counter)))
    val (first, second, rest) = "one two three".split(' ')
    val add = { a: Int -> { b: Int -> a + b } }
    println("$first$second$rest ${add(3)(4)} ${listOf(1, 2, 3).runningFold(10) { a, b -> a * b }} ${run label@{ listOf(1, 2).forEach { if (it == 2) return@label "out" }; "through" }}")
}
