// Many objects that live shortly and some that live long: balanced trees, tries, queues, lists that share, and cycles.

class Avl {
    private class Node(val key: Int, var value: Long) {
        var left: Node? = null
        var right: Node? = null
        var height = 1
    }

    private var root: Node? = null
    var size = 0
        private set

    private fun height(node: Node?) = node?.height ?: 0

    private fun update(node: Node): Node {
        node.height = maxOf(height(node.left), height(node.right)) + 1
        return node
    }

    private fun rotateRight(node: Node): Node {
        val top = node.left!!
        node.left = top.right
        top.right = update(node)
        return update(top)
    }

    private fun rotateLeft(node: Node): Node {
        val top = node.right!!
        node.right = top.left
        top.left = update(node)
        return update(top)
    }

    private fun balance(node: Node): Node {
        update(node)
        val lean = height(node.left) - height(node.right)
        if (lean > 1) {
            val left = node.left!!
            if (height(left.left) < height(left.right)) node.left = rotateLeft(left)
            return rotateRight(node)
        }
        if (lean < -1) {
            val right = node.right!!
            if (height(right.right) < height(right.left)) node.right = rotateRight(right)
            return rotateLeft(node)
        }
        return node
    }

    operator fun set(key: Int, value: Long) {
        root = put(root, key, value)
    }

    private fun put(node: Node?, key: Int, value: Long): Node {
        if (node == null) return Node(key, value).also { size++ }
        when {
            key < node.key -> node.left = put(node.left, key, value)
            key > node.key -> node.right = put(node.right, key, value)
            else -> node.value = value
        }
        return balance(node)
    }

    fun remove(key: Int) {
        root = remove(root, key)
    }

    private fun remove(node: Node?, key: Int): Node? {
        when {
            node == null -> return null
            key < node.key -> node.left = remove(node.left, key)
            key > node.key -> node.right = remove(node.right, key)
            else -> {
                size--
                val left = node.left ?: return node.right
                val right = node.right ?: return left
                val least = generateSequence(right) { it.left }.last()
                size++
                val rest = remove(right, least.key)
                return balance(Node(least.key, least.value).also { it.left = left; it.right = rest })
            }
        }
        return balance(node)
    }

    operator fun get(key: Int): Long? {
        var at = root
        while (at != null && at.key != key) at = if (key < at.key) at.left else at.right
        return at?.value
    }

    fun depth() = height(root)
}

class Trie {
    private class Node {
        val next = HashMap<Char, Node>(2)
        var count = 0
    }

    private val root = Node()

    fun add(word: String) {
        var at = root
        for (letter in word) at = at.next.getOrPut(letter, ::Node)
        at.count++
    }

    fun nodes(): Int {
        fun under(node: Node): Int = 1 + node.next.values.sumOf(::under)
        return under(root)
    }

    fun most(): Pair<String, Int> {
        var best = "" to 0
        fun walk(node: Node, word: String) {
            if (node.count > best.second || node.count == best.second && word < best.first) best = word to node.count
            for ((letter, next) in node.next) walk(next, word + letter)
        }
        walk(root, "")
        return best
    }
}

/** A list that never changes and shares its ends. */
sealed class Shared {
    data object Nil : Shared()
    class Cons(val head: Int, val tail: Shared) : Shared()

    fun sum(): Long {
        var total = 0L
        var at = this
        while (at is Cons) {
            total += at.head
            at = at.tail
        }
        return total
    }
}

/** Leftist heaps: joining makes new nodes along the right side only. */
class Heap(val least: Int, val left: Heap?, val right: Heap?) {
    val rank: Int = (right?.rank ?: 0) + 1
}

fun join(a: Heap?, b: Heap?): Heap? {
    if (a == null) return b
    if (b == null) return a
    val (top, other) = if (a.least <= b.least) a to b else b to a
    val joined = join(top.right, other)
    val left = top.left
    return if ((left?.rank ?: 0) >= (joined?.rank ?: 0)) Heap(top.least, left, joined) else Heap(top.least, joined, left)
}

class Ring(val number: Int) {
    var next: Ring = this
}

fun josephus(count: Int, step: Int): Int {
    val first = Ring(0)
    var last = first
    for (i in 1 until count) last = Ring(i).also { last.next = it }
    last.next = first
    while (last.next !== last) {
        repeat(step - 1) { last = last.next }
        last.next = last.next.next
    }
    return last.number
}

fun main() {
    var state = 42
    fun next(below: Int): Int {
        state = state * 1664525 + 1013904223
        return (state ushr 9) % below
    }

    val long = Avl()
    var sum = 0L
    repeat(ROUNDS) { round ->
        for (i in 0 until 20000) {
            val key = next(8000)
            when (next(4)) {
                0 -> long.remove(key)
                1 -> sum += long[key] ?: -1
                else -> long[key] = (round * 20000L + i) * key
            }
        }
        var shared: Shared = Shared.Nil
        val ends = List(100) { i -> shared.also { repeat(20) { shared = Shared.Cons(i * next(9), shared) } } }
        sum += ends.sumOf { it.sum() }
        var heap: Heap? = null
        for (i in 0 until 4000) heap = join(heap, Heap(next(1_000_000), null, null))
        var hash = 0
        while (heap != null) {
            hash = hash * 31 + heap.least
            heap = join(heap.left, heap.right)
        }
        sum += hash
        sum += josephus(2000, 3 + round % 5)
    }
    println("${long.size} keys, ${long.depth()} deep, sum $sum")
    val trie = Trie()
    repeat(6000) { trie.add("${"sea tide sand shell wave"[next(24)]}${next(50)}${"aeiou"[next(5)]}") }
    println("${trie.nodes()} nodes, most ${trie.most()}")
}
