// Objects and calls for debuggers, then an exception that nobody catches.

class Ship(val name: String, var crew: Int)

class Pier(val ship: Any?)

fun moor(pier: Pier, depth: Int): Int {
    val ship = pier.ship as Ship // a cast
    var sum = depth
    for (round in 1..3) {
        sum += ship.crew * round // in the loop
    }
    return sum
}

fun enter(depth: Int): Int {
    val pier = Pier(Ship("Otter", depth + 2))
    return moor(pier, depth)
}

fun main() {
    println(enter(3))
    println(moor(Pier("no ship"), 1)) // not a ship
}
