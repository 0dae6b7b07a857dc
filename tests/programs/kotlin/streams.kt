// Sequences and coroutines: lazy lists, builders, generators that call each other, and a scheduler of tasks.

import kotlin.coroutines.*
import kotlin.coroutines.intrinsics.*

fun primes(): Sequence<Int> = sequence {
    val found = mutableListOf<Int>()
    var candidate = 2
    while (true) {
        if (found.takeWhile { it * it <= candidate }.none { candidate % it == 0 }) {
            found += candidate
            yield(candidate)
        }
        candidate++
    }
}

fun sieve(numbers: Sequence<Int>): Sequence<Int> = sequence {
    val walk = numbers.iterator()
    val first = walk.next()
    yield(first)
    yieldAll(sieve(walk.asSequence().filter { it % first != 0 }))
}

class Node(val value: Int, val left: Node?, val right: Node?)

fun build(from: Int, to: Int): Node? {
    if (from >= to) return null
    val middle = (from + to) / 2
    return Node(middle, build(from, middle), build(middle + 1, to))
}

suspend fun SequenceScope<Int>.walk(node: Node?) {
    if (node == null) return
    walk(node.left)
    yield(node.value)
    walk(node.right)
}

fun hanoi(disks: Int, from: Char, to: Char, by: Char): Iterator<String> = iterator {
    if (disks > 0) {
        yieldAll(hanoi(disks - 1, from, by, to))
        yield("$from$to")
        yieldAll(hanoi(disks - 1, by, to, from))
    }
}

/** Tasks take turns, and pass numbers through channels. */
class Scheduler {
    private val ready = ArrayDeque<() -> Unit>()
    var turns = 0
        private set

    fun spawn(task: suspend () -> Unit) {
        ready.addLast {
            task.startCoroutine(object : Continuation<Unit> {
                override val context: CoroutineContext get() = EmptyCoroutineContext

                override fun resumeWith(result: Result<Unit>) {
                    result.onFailure { println("a task failed: ${it.message}") }
                }
            })
        }
    }

    suspend fun pause(): Unit = suspendCoroutine { rest -> resume(rest, Unit) }

    fun <T> resume(rest: Continuation<T>, value: T) {
        ready.addLast { rest.resume(value) }
    }

    fun run() {
        while (ready.isNotEmpty()) {
            turns++
            ready.removeFirst()()
        }
    }
}

class Closed : Exception("the channel is closed")

class Channel<T>(private val scheduler: Scheduler, private val room: Int) {
    private val items = ArrayDeque<T>()
    private val readers = ArrayDeque<Continuation<Unit>>()
    private val writers = ArrayDeque<Continuation<Unit>>()
    private var closed = false

    suspend fun send(item: T) {
        while (items.size >= room) suspendCoroutine { writers.addLast(it) }
        items.addLast(item)
        readers.removeFirstOrNull()?.let { scheduler.resume(it, Unit) }
    }

    suspend fun receive(): T {
        while (items.isEmpty()) {
            if (closed) throw Closed()
            suspendCoroutine { readers.addLast(it) }
        }
        writers.removeFirstOrNull()?.let { scheduler.resume(it, Unit) }
        return items.removeFirst()
    }

    fun close() {
        closed = true
        while (readers.isNotEmpty()) scheduler.resume(readers.removeFirst(), Unit)
    }
}

fun pipeline() {
    val scheduler = Scheduler()
    val numbers = Channel<Int>(scheduler, 4)
    val squares = Channel<Long>(scheduler, 2)
    scheduler.spawn {
        for (i in 1..300) {
            numbers.send(i)
            if (i % 50 == 0) scheduler.pause()
        }
        numbers.close()
    }
    var working = 3
    repeat(3) { worker ->
        scheduler.spawn {
            var done = 0
            try {
                while (true) {
                    val number = numbers.receive()
                    done++
                    squares.send(number.toLong() * number)
                }
            } catch (e: Closed) {
                println("worker $worker: $done squares, then ${e.message}")
            } finally {
                if (--working == 0) squares.close()
            }
        }
    }
    scheduler.spawn {
        var sum = 0L
        while (true) {
            val square = try { squares.receive() } catch (e: Closed) { break }
            sum += square
        }
        println("sum $sum")
        error("nothing is left to do")
    }
    scheduler.run()
    println("${scheduler.turns} turns")
}

fun main() {
    println(primes().dropWhile { it < 1000 }.take(10).toList())
    println(sieve(generateSequence(2) { it + 1 }).take(60).last())
    println(primes().zipWithNext { a, b -> b - a }.take(2000).groupingBy { it }.eachCount().toList().sortedBy { it.first })
    println(sequence { walk(build(0, 3000)) }.filterIndexed { at, _ -> at % 500 == 0 }.toList())
    println(sequence { walk(build(0, 3000)) }.fold(0) { hash, value -> hash * 31 + value })
    var moves = 0
    var last = ""
    for (move in hanoi(9, 'A', 'C', 'B')) {
        moves++
        last = move
    }
    println("$moves moves, the last $last")
    val fibonacci = generateSequence(0L to 1L) { (a, b) -> b to a + b }.map { it.first }
    println(fibonacci.takeWhile { it < 1_000_000_000_000 }.filter { it % 2 == 0L }.sum())
    println(fibonacci.chunked(10).drop(8).first())
    var seen = 0
    val lazy = (1..1000).asSequence().onEach { seen++ }.map { it * it }.filter { it % 7 == 1 }
    println("${lazy.first { it > 500 }} after $seen, ${lazy.windowed(3, 2).map { it.sum() }.take(4).toList()}")
    try {
        val once = sequenceOf(1, 2, 3).constrainOnce()
        println(once.count() + once.count())
    } catch (e: IllegalStateException) {
        println("only once")
    }
    pipeline()
}
