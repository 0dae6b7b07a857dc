// Graphs: a heap of our own, shortest ways, spanning trees, flows, orders, and an LRU cache and a hash map in front of them.

class Heap<T>(private val order: Comparator<in T>) {
    private val items = ArrayList<T>()
    val size get() = items.size

    fun add(item: T) {
        items.add(item)
        var at = items.size - 1
        while (at > 0) {
            val parent = (at - 1) / 2
            if (order.compare(items[parent], items[at]) <= 0) break
            swap(at, parent)
            at = parent
        }
    }

    fun poll(): T? {
        if (items.isEmpty()) return null
        val first = items[0]
        val last = items.removeAt(items.size - 1)
        if (items.isNotEmpty()) {
            items[0] = last
            var at = 0
            while (true) {
                var least = at
                for (child in 2 * at + 1..minOf(2 * at + 2, items.size - 1)) if (order.compare(items[child], items[least]) < 0) least = child
                if (least == at) break
                swap(at, least)
                at = least
            }
        }
        return first
    }

    private fun swap(a: Int, b: Int) {
        items[a] = items[b].also { items[b] = items[a] }
    }
}

class Lru<K, V>(private val room: Int, private val make: (K) -> V) {
    private class Link<K, V>(val key: K, val value: V) {
        var before: Link<K, V>? = null
        var after: Link<K, V>? = null
    }

    private val links = HashMap<K, Link<K, V>>()
    private var newest: Link<K, V>? = null
    private var oldest: Link<K, V>? = null
    var made = 0
        private set

    operator fun get(key: K): V {
        val link = links[key]?.also(::unlink) ?: Link(key, make(key)).also {
            made++
            links[key] = it
            if (links.size > room) oldest?.let { last ->
                unlink(last)
                links.remove(last.key)
            }
        }
        link.after = newest
        newest?.before = link
        newest = link
        if (oldest == null) oldest = link
        return link.value
    }

    private fun unlink(link: Link<K, V>) {
        if (link.before == null) newest = link.after else link.before!!.after = link.after
        if (link.after == null) oldest = link.before else link.after!!.before = link.before
        link.before = null
        link.after = null
    }

    fun keys() = generateSequence(newest) { it.after }.map { it.key }.toList()
}

/** Open addressing, with linear probing and marks for what was removed. */
class Table<K : Any, V>(capacity: Int = 8) {
    private var keys = arrayOfNulls<Any?>(capacity)
    private var values = arrayOfNulls<Any?>(capacity)
    private var used = 0
    var size = 0
        private set

    private object Removed

    private fun slot(key: K): Int {
        var at = (key.hashCode() * -1640531527 ushr 7) and (keys.size - 1)
        while (keys[at] != null && keys[at] != key) at = (at + 1) and (keys.size - 1)
        return at
    }

    @Suppress("UNCHECKED_CAST")
    operator fun get(key: K): V? = values[slot(key)] as V?

    operator fun set(key: K, value: V) {
        if (used * 4 >= keys.size * 3) rehash()
        val at = slot(key)
        if (keys[at] == null) {
            used++
            size++
        }
        keys[at] = key
        values[at] = value
    }

    fun remove(key: K) {
        val at = slot(key)
        if (keys[at] == null) return
        keys[at] = Removed
        values[at] = null
        size--
    }

    @Suppress("UNCHECKED_CAST")
    private fun rehash() {
        val (oldKeys, oldValues) = keys to values
        keys = arrayOfNulls(keys.size * 2)
        values = arrayOfNulls(keys.size)
        used = 0
        size = 0
        for ((at, key) in oldKeys.withIndex()) if (key != null && key !== Removed) set(key as K, oldValues[at] as V)
    }
}

data class Place(val x: Int, val y: Int)

data class Way(val to: Place, val cost: Int)

class Sea(private val width: Int, private val height: Int, seed: Long) {
    private val depths: Array<IntArray>

    init {
        var state = seed
        depths = Array(height) { IntArray(width) {
            state = state xor (state shl 13)
            state = state xor (state ushr 7)
            state = state xor (state shl 17)
            ((state ushr 33) % 10).toInt()
        } }
    }

    fun places() = sequence { for (y in 0 until height) for (x in 0 until width) yield(Place(x, y)) }

    fun ways(from: Place): List<Way> = buildList {
        for ((dx, dy) in listOf(1 to 0, 0 to 1, -1 to 0, 0 to -1)) {
            val to = Place(from.x + dx, from.y + dy)
            if (to.x in 0 until width && to.y in 0 until height && depths[to.y][to.x] > 1) add(Way(to, 10 - depths[to.y][to.x] + 1))
        }
    }
}

fun shortest(sea: Lru<Place, List<Way>>, from: Place, to: Place, guess: (Place) -> Int): Triple<Int?, Int, List<Place>> {
    class Step(val place: Place, val cost: Int, val rank: Int)

    val heap = Heap<Step>(compareBy<Step> { it.rank }.thenBy { it.place.x }.thenBy { it.place.y })
    val best = Table<Place, Int>()
    val before = Table<Place, Place>()
    heap.add(Step(from, 0, guess(from)))
    best[from] = 0
    var steps = 0
    while (true) {
        val step = heap.poll() ?: return Triple(null, steps, listOf())
        if (step.cost > best[step.place]!!) continue
        steps++
        if (step.place == to) return Triple(step.cost, steps, generateSequence(to) { before[it] }.toList().reversed())
        for ((next, cost) in sea[step.place]) {
            val whole = step.cost + cost
            if (best[next]?.let { it <= whole } == true) continue
            best[next] = whole
            before[next] = step.place
            heap.add(Step(next, whole, whole + guess(next)))
        }
    }
}

class Groups(count: Int) {
    private val parent = IntArray(count) { it }

    fun find(one: Int): Int {
        var at = one
        while (parent[at] != at) {
            parent[at] = parent[parent[at]]
            at = parent[at]
        }
        return at
    }

    fun join(a: Int, b: Int): Boolean {
        val (x, y) = find(a) to find(b)
        parent[x] = y
        return x != y
    }
}

fun spanning(sea: Sea): String {
    val numbers = sea.places().withIndex().associate { it.value to it.index }
    val groups = Groups(numbers.size)
    val ways = numbers.keys.flatMap { from -> sea.ways(from).map { Triple(it.cost, from, it.to) } }
    val taken = ways.sortedBy { it.first }.filter { (_, from, to) -> groups.join(numbers.getValue(from), numbers.getValue(to)) }
    return "${taken.size} of ${ways.size} ways, cost ${taken.sumOf { it.first }}"
}

fun flow(count: Int): Int {
    val room = Array(count) { i -> IntArray(count) { j -> if (j > i && j - i < 6) (i * 7 + j * 13) % 17 else 0 } }
    var total = 0
    while (true) {
        val before = IntArray(count) { -1 }
        val queue = ArrayDeque(listOf(0))
        while (queue.isNotEmpty() && before[count - 1] < 0) {
            val at = queue.removeFirst()
            for (next in 1 until count) if (before[next] < 0 && room[at][next] > 0) {
                before[next] = at
                queue.addLast(next)
            }
        }
        if (before[count - 1] < 0) return total
        val path = generateSequence(count - 1) { if (it == 0) null else before[it] }.zipWithNext().toList()
        val least = path.minOf { (to, from) -> room[from][to] }
        for ((to, from) in path) {
            room[from][to] -= least
            room[to][from] += least
        }
        total += least
    }
}

fun order(needs: Map<String, List<String>>): Result<List<String>> = runCatching {
    val done = linkedSetOf<String>()
    val doing = mutableSetOf<String>()
    fun visit(one: String) {
        if (one in done) return
        require(doing.add(one)) { "$one needs itself" }
        needs[one].orEmpty().forEach(::visit)
        done += one
    }
    needs.keys.forEach(::visit)
    done.toList()
}

fun main() {
    val sea = Sea(70, 50, 88172645463325252)
    val cache = Lru<Place, List<Way>>(1500, sea::ways)
    for (to in listOf(Place(69, 49), Place(3, 44), Place(69, 0), Place(500, 2))) {
        val (cost, steps, way) = shortest(cache, Place(0, 0), to) { 0 }
        val (same, fewer, _) = shortest(cache, Place(0, 0), to) { kotlin.math.abs(it.x - to.x) + kotlin.math.abs(it.y - to.y) }
        println("$to: cost $cost over ${way.size} places, ${way.drop(1).take(3)}; $steps steps, or $same in $fewer")
    }
    println("cache: made ${cache.made}, newest ${cache.keys().take(3)}, ${cache.keys().size}")
    println(spanning(sea))
    println(flow(60))
    println(order(mapOf("sail" to listOf("mast", "rope"), "mast" to listOf("hull"), "rope" to listOf(), "hull" to listOf("wood"))))
    println(order(mapOf("a" to listOf("b"), "b" to listOf("c"), "c" to listOf("a"))).exceptionOrNull()?.message)
    val table = Table<String, Int>()
    for (i in 0 until 20000) {
        table["key ${i % 3000}"] = i
        if (i % 3 == 0) table.remove("key ${i * 7 % 3000}")
    }
    println("${table.size} ${table["key 17"]} ${table["none"]} ${(0 until 3000).sumOf { (table["key $it"] ?: 0).toLong() }}")
}
