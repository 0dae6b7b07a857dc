// A story that plays itself: rooms, things and states as sealed classes, commands that are parsed, and a search for the way out.

enum class Direction(val dx: Int, val dy: Int) {
    NORTH(0, -1), EAST(1, 0), SOUTH(0, 1), WEST(-1, 0);

    val opposite get() = entries[(ordinal + 2) % 4]
}

sealed class Thing(val name: String) {
    open fun look(): String = "a $name"
}

class Lamp : Thing("lamp") {
    var oil = 40
    var lit = false

    override fun look() = "a lamp, ${if (lit) "lit" else "dark"}, oil for $oil turns"
}

class Key(val opens: String) : Thing("$opens key")

class Chest(val inside: MutableList<Thing>) : Thing("chest") {
    var open = false

    override fun look() = if (open) "an open chest with ${inside.joinToString { it.look() }.ifEmpty { "nothing" }}" else "a chest"
}

object Rope : Thing("rope")

class Room(val name: String, val dark: Boolean = false) {
    val exits = linkedMapOf<Direction, Exit>()
    val things = mutableListOf<Thing>()
    var visits = 0
}

sealed interface Exit {
    val to: Room

    data class Open(override val to: Room) : Exit
    data class Locked(override val to: Room, val key: String) : Exit
    data class Cliff(override val to: Room) : Exit
}

sealed interface Command {
    data class Go(val direction: Direction) : Command
    data class Take(val thing: String) : Command
    data class Drop(val thing: String) : Command
    data class Use(val thing: String) : Command
    data object Look : Command
    data object Wait : Command
    data class Unknown(val words: List<String>) : Command
}

fun parse(line: String): Command {
    val words = line.lowercase().split(' ').filter { it !in setOf("the", "a", "to", "up", "") }
    return when (words.firstOrNull()) {
        "go", "walk" -> Direction.entries.find { it.name.equals(words.getOrNull(1), ignoreCase = true) }?.let(Command::Go)
        "take", "pick" -> words.drop(1).joinToString(" ").takeIf { it.isNotEmpty() }?.let { Command.Take(it) }
        "drop" -> Command.Drop(words.drop(1).joinToString(" "))
        "use", "light", "open" -> Command.Use(words.drop(1).joinToString(" "))
        "look" -> Command.Look
        "wait" -> Command.Wait
        else -> null
    } ?: Command.Unknown(words)
}

sealed class State {
    data class Playing(val turns: Int) : State()
    data class Won(val turns: Int) : State()
    data class Lost(val why: String) : State()
}

class Story {
    private val shore = Room("shore")
    private val cellar = Room("cellar", dark = true)
    private val stairs = Room("stairs", dark = true)
    private val top = Room("top of the lighthouse")
    private val cave = Room("cave", dark = true)
    val rooms = listOf(shore, cellar, stairs, top, cave)
    private val carried = mutableListOf<Thing>()
    private var here = shore
    var state: State = State.Playing(0)
        private set
    private val lamp get() = carried.filterIsInstance<Lamp>().firstOrNull()
    private val sees get() = !here.dark || lamp?.lit == true || here.things.any { it is Lamp && it.lit }

    init {
        join(shore, Direction.NORTH, Exit.Locked(cellar, "iron"))
        join(cellar, Direction.EAST, Exit.Open(stairs))
        join(stairs, Direction.NORTH, Exit.Locked(top, "brass"))
        join(shore, Direction.WEST, Exit.Cliff(cave))
        shore.things += listOf(Lamp(), Rope)
        cave.things += Chest(mutableListOf(Key("iron")))
        cellar.things += Chest(mutableListOf(Key("brass"), Rope))
    }

    private fun join(from: Room, direction: Direction, exit: Exit) {
        from.exits[direction] = exit
        exit.to.exits[direction.opposite] = when (exit) {
            is Exit.Open -> exit.copy(to = from)
            is Exit.Locked -> Exit.Open(from)
            is Exit.Cliff -> exit.copy(to = from)
        }
    }

    fun play(line: String): String {
        val turns = (state as? State.Playing ?: return "It is over.").turns + 1
        state = State.Playing(turns)
        val answer = perform(parse(line))
        lamp?.let { if (it.lit && --it.oil == 0) it.lit = false }
        if (here === top) state = State.Won(turns)
        if (!sees && here.visits > 3) state = State.Lost("fell over something in the ${here.name}")
        return answer
    }

    private fun perform(command: Command): String = when (command) {
        is Command.Go -> go(command.direction)
        is Command.Take -> find(command.thing)?.let { (place, thing) ->
            when (thing) {
                is Chest -> "It is too heavy."
                else -> "Taken: ${thing.look()}.".also { place -= thing; carried += thing }
            }
        } ?: "There is no ${command.thing}."
        is Command.Drop -> carried.find { it.name == command.thing }?.let {
            carried -= it
            here.things += it
            "It lies in the ${here.name}."
        } ?: "You have no ${command.thing}."
        is Command.Use -> when (val thing = carried.find { it.name == command.thing } ?: here.things.find { it.name == command.thing }) {
            is Lamp -> if (thing.oil > 0) "The lamp is ${if (thing.apply { lit = !lit }.lit) "lit" else "out"}." else "There is no oil left."
            is Chest -> if (sees) thing.apply { open = true }.look() else "You feel a lid."
            is Key -> here.exits.entries.find { (_, exit) -> exit is Exit.Locked && exit.key == thing.opens }?.let { (direction, exit) ->
                here.exits[direction] = Exit.Open(exit.to)
                "The way ${direction.name.lowercase()} is open."
            } ?: "It fits nothing here."
            Rope -> here.exits.entries.find { it.value is Exit.Cliff }?.let { (direction, exit) ->
                here.exits[direction] = Exit.Open(exit.to)
                exit.to.exits[direction.opposite] = Exit.Open(here)
                carried -= Rope
                "The rope hangs down."
            } ?: "There is nothing to tie it to."
            null -> "There is no ${command.thing}."
        }
        Command.Look -> describe()
        Command.Wait -> "The waves come and go."
        is Command.Unknown -> "What is '${command.words.joinToString(" ")}'?"
    }

    private fun go(direction: Direction): String = when (val exit = here.exits[direction]) {
        null -> "There is a wall."
        is Exit.Open -> {
            here = exit.to
            here.visits++
            describe()
        }
        is Exit.Locked -> "The door has a lock of ${exit.key}."
        is Exit.Cliff -> "It is too steep."
    }

    private fun describe() = when {
        !sees -> "It is dark."
        else -> "The ${here.name}; ${here.things.joinToString { it.look() }.ifEmpty { "nothing" }}; ways ${here.exits.keys.joinToString()}."
    }

    private fun find(name: String): Pair<MutableList<Thing>, Thing>? {
        if (!sees) return null
        val places = listOf(here.things) + here.things.filterIsInstance<Chest>().filter { it.open }.map { it.inside }
        return places.firstNotNullOfOrNull { place -> place.find { it.name == name }?.let { place to it } }
    }

    fun summary() = "${here.name} ${carried.map { it.look() }} ${rooms.map { room -> "${room.name[0]}${room.things.map { it.look() }}${room.exits.values.map { it::class.simpleName!![0] }}" }}"
}

val WAY = listOf(
    "look", "go north", "go west", "dance", "take the lamp", "pick up rope", "use rope", "go west", "light lamp", "open chest",
    "take the iron key", "go east", "use iron key", "go north", "take chest", "open the chest", "take brass key", "go east", "go north",
    "use brass key", "drop lamp", "go north", "look",
)

/** Shortest list of commands that wins, by trying them all; a story is played anew for each. */
fun search(commands: List<String>): Pair<List<String>, Int> {
    val seen = hashSetOf<String>()
    val queue = ArrayDeque(listOf(listOf<String>()))
    var played = 0
    while (true) {
        val way = queue.removeFirst()
        for (command in commands) {
            val story = Story()
            played++
            for (line in way) story.play(line)
            story.play(command)
            if (story.state is State.Won) return way + command to played
            if (story.state is State.Playing && seen.add(story.summary().replace(Regex("\\d+ turns"), ""))) queue.addLast(way + command)
        }
    }
}

fun main() {
    val story = Story()
    for (line in WAY) println("> $line\n${story.play(line)}")
    println(story.state)
    println(story.summary())
    val blind = Story()
    for (line in listOf("take rope", "use rope", "go west", "open chest", "go east", "go west", "go east", "go west", "go east", "go west")) blind.play(line)
    println(blind.state)
    val (way, played) = search(WAY.distinct().filter { it !in setOf("look", "dance", "take chest", "drop lamp", "open the chest") })
    println("${way.size} commands, found after $played stories")
    println(way)
}
