// An exception that nobody catches, whose callers are inlined.

class Chart(val depth: Int)

fun sound(chart: Chart, place: Int): Int {
    return chart.depth / (3 - place) // by zero
}

fun cross(chart: Chart, places: Int): Int {
    var least = Int.MAX_VALUE
    for (place in 0 until places) {
        least = minOf(least, sound(chart, place)) // in the loop
    }
    return least
}

fun main() {
    val chart = Chart(6)
    println(cross(chart, 3))
    println(cross(chart, 4)) // too many
}
