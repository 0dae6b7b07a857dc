// Collections: lists, sets and maps of data classes, sorted, grouped, folded and changed while they are walked.

enum class Fruit { APPLE, PEAR, PLUM, QUINCE }

data class Tree(val number: Int, val fruit: Fruit, val planted: Int, val yields: List<Int>) {
    val total get() = yields.sum()
}

class Weather(seed: Int) {
    private var state = seed

    fun next(below: Int): Int {
        state = state * 1103515245 + 12345
        return (state ushr 16) % below
    }
}

fun plant(count: Int): List<Tree> {
    val weather = Weather(7)
    return List(count) { number ->
        val fruit = Fruit.entries[weather.next(Fruit.entries.size)]
        Tree(number, fruit, 1950 + weather.next(60), List(5) { weather.next(90) + 10 })
    }
}

fun summaries(trees: List<Tree>) {
    println("trees: ${trees.size}, in all ${trees.sumOf { it.total }} kg")
    for ((fruit, some) in trees.groupBy { it.fruit }.toList().sortedBy { it.first }) {
        val best = some.maxWith(compareBy({ it.total }, { -it.number }))
        println("${fruit.name.lowercase().padEnd(7)} ${some.size} trees, best $best")
        val (early, late) = some.partition { it.planted < 1980 }
        println("        before 1980: ${early.size}, later: ${late.size}, average ${some.map { it.total }.average()}")
    }
    val decades = trees.groupingBy { it.planted / 10 * 10 }.eachCount().toList().sortedBy { it.first }
    println(decades.joinToString(prefix = "[", postfix = "]") { (decade, count) -> "${decade}s=$count" })
}

fun orders(trees: List<Tree>) {
    val byAge = trees.sortedWith(compareBy<Tree> { it.planted }.thenByDescending { it.total }.thenBy { it.number })
    println("oldest: ${byAge.take(5).map { it.number }}, youngest: ${byAge.takeLast(5).map { it.number }}")
    // A sort must keep the order of equals.
    val stable = trees.sortedBy { it.fruit }
    check(stable.zipWithNext().all { (a, b) -> a.fruit < b.fruit || a.fruit == b.fruit && a.number < b.number })
    val numbers = trees.map { it.total }.toIntArray()
    numbers.sort()
    println("median ${numbers[numbers.size / 2]}, at 300: ${numbers.toList().binarySearch(300)}")
    println(trees.windowed(3, 400).map { window -> window.joinToString("+") { it.planted.toString() } })
    println(trees.chunked(250).map { chunk -> chunk.fold(0) { hash, tree -> hash * 31 + tree.yields.hashCode() } })
    println(trees.asReversed().distinctBy { it.fruit }.map { it.number })
}

fun changes(trees: List<Tree>) {
    val left = trees.toMutableList()
    left.removeAll { it.planted < 1960 }
    left.retainAll { it.number % 3 != 0 }
    val walk = left.listIterator()
    while (walk.hasNext()) {
        val tree = walk.next()
        if (tree.number % 7 == 0) walk.remove() else if (tree.number % 11 == 0) walk.set(tree.copy(fruit = Fruit.QUINCE))
    }
    println("left: ${left.size}, of them quinces: ${left.count { it.fruit == Fruit.QUINCE }}")
    left.subList(10, 20).clear()
    left.shuffle(kotlin.random.Random(42))
    left.sortBy { it.number }
    println(left.subList(5, 15).map { it.number })
    try {
        for (tree in left) if (tree.number > 20) left.remove(tree)
    } catch (e: ConcurrentModificationException) {
        println("changed while it was walked")
    }
    val deque = ArrayDeque<Int>()
    for (tree in left) if (tree.number % 2 == 0) deque.addFirst(tree.number) else deque.addLast(tree.number)
    var sum = 0
    while (deque.size > 1) sum = (sum * 3 + deque.removeFirst() - deque.removeLast()) % 10007
    println("deque: $sum, ${deque.firstOrNull()}")
}

fun sets(trees: List<Tree>) {
    val old = trees.filter { it.planted < 1970 }.map { it.number }.toSet()
    val heavy = trees.filter { it.total > 320 }.mapTo(HashSet()) { it.number }
    println("both ${(old intersect heavy).size}, either ${(old union heavy).size}, only old ${(old - heavy).size}")
    val names = linkedMapOf<String, MutableSet<Int>>()
    for (tree in trees) names.getOrPut("${tree.fruit}-${tree.planted % 5}") { linkedSetOf() }.add(tree.total)
    println(names.entries.take(3).joinToString { (name, totals) -> "$name: ${totals.size}" })
    println(names.mapValues { (_, totals) -> totals.max() - totals.min() }.filterValues { it > 280 }.keys.sorted())
    val byTotal = trees.associateBy { it.total }
    println("totals: ${byTotal.size}, ${byTotal.keys.minOrNull()} to ${byTotal.keys.maxOrNull()}, ${byTotal[1]}")
    val inverse = HashMap<Tree, Int>()
    for (tree in trees) inverse[tree] = inverse.size
    println(trees.sumOf { inverse.getValue(it.copy()) })
    println(listOf(1 to "a", 2 to "b", 1 to "c").toMap() + (3 to null) - 2)
}

fun main() {
    val trees = plant(2000)
    summaries(trees)
    orders(trees)
    changes(trees)
    sets(trees)
}
