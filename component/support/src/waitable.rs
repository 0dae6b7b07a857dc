//! What tasks wait for: subtasks and the ends of streams and futures, and sets of them. A
//! waitable has at most one event that nobody has been told of yet. In a set, those with an
//! event come first. Knows how an event is told, not how it comes about.

use crate::calls;
use crate::handles::{self, Kind as HandleKind, Ownership};
use crate::pool::Pool;
use crate::trap::{trap, trap_line};
use quench_abi::component::{ChannelType, ChannelUse, ComponentInstance, ResourceType};
use quench_runtime_support::Line;

/// What a waitable is. The number is that of its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Nothing = 0,
    Subtask = 1,
    StreamRead = 2,
    StreamWrite = 3,
    FutureRead = 4,
    FutureWrite = 5,
}

static SUBTASK: HandleKind = HandleKind::new("subtask");
static STREAM_READ: HandleKind = HandleKind::new("readable end of a stream");
static STREAM_WRITE: HandleKind = HandleKind::new("writable end of a stream");
static FUTURE_READ: HandleKind = HandleKind::new("readable end of a future");
static FUTURE_WRITE: HandleKind = HandleKind::new("writable end of a future");
static WAITABLE: HandleKind = HandleKind::new("waitable");
static SET: HandleKind = HandleKind::new("waitable set");

impl Kind {
    const ALL: [Kind; 5] =
        [Kind::Subtask, Kind::StreamRead, Kind::StreamWrite, Kind::FutureRead, Kind::FutureWrite];

    /// Returns the record by which handles know the kind.
    pub(crate) fn record(self) -> &'static ResourceType {
        let kind = match self {
            Kind::Nothing => &WAITABLE,
            Kind::Subtask => &SUBTASK,
            Kind::StreamRead => &STREAM_READ,
            Kind::StreamWrite => &STREAM_WRITE,
            Kind::FutureRead => &FUTURE_READ,
            Kind::FutureWrite => &FUTURE_WRITE,
        };
        kind.record()
    }

    /// Returns whether it is an end of a future.
    pub(crate) fn is_future(self) -> bool {
        matches!(self, Kind::FutureRead | Kind::FutureWrite)
    }

    /// Returns whether it is an end that elements come out of.
    pub(crate) fn reads(self) -> bool {
        matches!(self, Kind::StreamRead | Kind::FutureRead)
    }

    /// Returns what the thing that it is an end of is called.
    pub(crate) fn noun(self) -> &'static str {
        if self.is_future() { "future" } else { "stream" }
    }
}

/// What an end of a stream or future does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// Nothing.
    Idle = 0,
    /// It copies, or waits for the other end to do so.
    Copying = 1,
    /// It is told to stop that.
    Cancelling = 2,
    /// Nothing, and nothing any more.
    Done = 3,
}

/// How a copy ended, as guests are told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Outcome {
    Completed = 0,
    /// The other end was dropped.
    Dropped = 1,
    Cancelled = 2,
}

/// How far a subtask is, as guests are told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Progress {
    Starting = 0,
    Started = 1,
    Returned = 2,
    CancelledBeforeStarted = 3,
    CancelledBeforeReturned = 4,
}

impl Progress {
    /// Returns whether the subtask has ended.
    pub(crate) fn is_resolved(self) -> bool {
        self as u8 >= Progress::Returned as u8
    }
}

/// What the host waits for, on behalf of a waitable. The numbers of descriptors are those
/// of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Interest {
    /// Nothing.
    Nothing = 0,
    /// Something that happens in the host while other calls go on.
    Change,
    /// That the descriptor can be read without waiting.
    Readable(u32),
    /// That the descriptor can be written without waiting.
    Writable(u32),
    /// That the monotonic clock reaches this time, in nanoseconds.
    Until(u64),
}

/// Elements in a guest's memory that are read or written.
#[derive(Clone, Copy)]
pub(crate) struct Buffer {
    /// How elements are passed; null if there is no buffer.
    pub(crate) function: *const ChannelUse,
    /// Where the next element is.
    pub(crate) address: u32,
    /// Number of elements that are left.
    pub(crate) left: u32,
    /// Number of elements that were copied.
    pub(crate) copied: u32,
}

/// Something that a task waits for.
#[derive(Clone, Copy)]
pub(crate) struct Waitable {
    pub(crate) kind: Kind,
    pub(crate) state: State,
    pub(crate) outcome: Outcome,
    pub(crate) progress: Progress,
    pub(crate) has_event: bool,
    /// Whether the other end may take elements from the buffer, or put some there.
    pub(crate) is_offered: bool,
    /// Whether a guest asked for the subtask's cancellation.
    pub(crate) is_cancelled: bool,
    /// Whether a thread waits for it and nothing else.
    pub(crate) is_awaited: bool,
    /// Its handle.
    pub(crate) handle: u32,
    /// The stream or future that it is an end of, or the task that a subtask stands for if it
    /// is not the host's.
    pub(crate) channel: u32,
    /// The call that handles were lent to for a subtask, or 0.
    scope: u32,
    /// The type of the stream or future.
    pub(crate) ty: *const ChannelType,
    pub(crate) buffer: Buffer,
    /// The set that it is in, or 0, and its neighbours there.
    set: u32,
    before: u32,
    behind: u32,
    /// What the host waits for, and the neighbours in the list of those for which it waits
    /// for something.
    pub(crate) interest: Interest,
    earlier: u32,
    later: u32,
}

impl Waitable {
    /// A waitable that nothing has happened to.
    const NEW: Waitable = Waitable {
        kind: Kind::Nothing,
        state: State::Idle,
        outcome: Outcome::Completed,
        progress: Progress::Starting,
        has_event: false,
        is_offered: false,
        is_cancelled: false,
        is_awaited: false,
        handle: 0,
        channel: 0,
        scope: 0,
        ty: core::ptr::null(),
        buffer: Buffer { function: core::ptr::null(), address: 0, left: 0, copied: 0 },
        set: 0,
        before: 0,
        behind: 0,
        interest: Interest::Nothing,
        earlier: 0,
        later: 0,
    };

    /// Returns an end of a stream or future.
    pub(crate) fn end(kind: Kind, channel: u32, ty: *const ChannelType) -> Waitable {
        Waitable { kind, channel, ty, ..Waitable::NEW }
    }

    /// Returns a subtask of the host's, which has begun.
    pub(crate) fn subtask() -> Waitable {
        Waitable { kind: Kind::Subtask, progress: Progress::Started, ..Waitable::NEW }
    }

    /// Returns the subtask of a task.
    pub(crate) fn subtask_of(task: u32, progress: Progress, scope: u32) -> Waitable {
        Waitable { kind: Kind::Subtask, progress, channel: task, scope, ..Waitable::NEW }
    }

    /// Returns whether it is in a set.
    pub(crate) fn is_in_set(&self) -> bool {
        self.set != 0
    }

    /// Returns whether it copies, or did so and nobody has been told yet.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.state, State::Copying | State::Cancelling)
    }
}

/// A set of waitables.
#[derive(Clone, Copy)]
struct Set {
    first: u32,
    last: u32,
    /// Number of tasks that wait for the set.
    waiting: u32,
}

/// Waitables, and sets, that a program can have at a time, and one.
const MOST: usize = 1 << 19;

static WAITABLES: Pool<Waitable, MOST> = Pool::new(Waitable::NEW);
static SETS: Pool<Set, MOST> = Pool::new(Set { first: 0, last: 0, waiting: 0 });

/// The list of waitables for which the host waits; only the first one's place is of use.
static WAITING: Pool<u32, 1> = Pool::new(0);

/// Something that happened: its code and two numbers.
pub(crate) type Event = [u32; 3];

/// The event that says that nothing happened.
pub(crate) const NONE: Event = [0; 3];

/// Adds a waitable, and gives an instance a handle of it.
pub(crate) fn insert(instance: &ComponentInstance, new: Waitable) -> u32 {
    let Some(number) = WAITABLES.insert(new) else {
        trap("too many subtasks, and ends of streams and futures");
    };
    give(instance, number);
    number
}

/// Gives an instance a handle of a waitable that has none.
pub(crate) fn give(instance: &ComponentInstance, number: u32) -> u32 {
    let kind = get(number).kind;
    let handle = handles::insert(instance, kind.record(), number, Ownership::Own);
    WAITABLES.change(number, |waitable| waitable.handle = handle);
    handle
}

/// Returns a waitable.
pub(crate) fn get(number: u32) -> Waitable {
    WAITABLES.get(number)
}

/// Changes a waitable.
pub(crate) fn change(number: u32, change: impl FnOnce(&mut Waitable)) {
    WAITABLES.change(number, change);
}

/// Returns the number of the waitable of a kind that a handle stands for.
pub(crate) fn of_handle(instance: &ComponentInstance, kind: Kind, handle: u32) -> u32 {
    handles::get(instance, kind.record(), handle)
}

/// Returns the number of the waitable that a handle stands for.
fn of_any_handle(instance: &ComponentInstance, handle: u32) -> u32 {
    let Some((record, number)) = handles::any(instance, handle) else {
        handles::unknown(WAITABLE.record(), handle);
    };
    if Kind::ALL.iter().any(|kind| core::ptr::eq(kind.record(), record)) {
        return number;
    }
    trap_line(Line::new("trap: handle index ").decimal(handle.into()).text(" cannot be waited for"))
}

/// Takes a waitable's handle away, and the waitable itself.
pub(crate) fn remove(instance: &ComponentInstance, number: u32) {
    take_handle(instance, number);
    end_waiting(number);
    WAITABLES.remove(number);
}

/// Takes a waitable's handle away.
pub(crate) fn take_handle(instance: &ComponentInstance, number: u32) {
    join(number, 0);
    let Waitable { kind, handle, .. } = get(number);
    handles::remove(instance, kind.record(), handle);
}

/// Notes that something happened to a waitable.
pub(crate) fn set_event(number: u32) {
    WAITABLES.change(number, |waitable| waitable.has_event = true);
    // To the front of its set.
    let set = get(number).set;
    join(number, set);
}

/// Takes the event of a waitable, of which a guest is told now.
pub(crate) fn take_event(number: u32) -> Event {
    WAITABLES.change(number, |waitable| waitable.has_event = false);
    let Waitable { set, scope, progress, .. } = get(number);
    join(number, set);
    if scope != 0 && progress.is_resolved() {
        calls::end(scope);
        WAITABLES.change(number, |waitable| waitable.scope = 0);
    }
    WAITABLES.change(number, |waitable| {
        let Waitable { kind, handle, outcome, progress, buffer, .. } = *waitable;
        let result = match kind {
            Kind::Nothing | Kind::Subtask => return [kind as u32, handle, progress as u32],
            Kind::StreamRead | Kind::StreamWrite => outcome as u32 | buffer.copied << 4,
            Kind::FutureRead | Kind::FutureWrite => outcome as u32,
        };
        let is_done = match outcome {
            Outcome::Dropped => true,
            Outcome::Completed => kind.is_future(),
            Outcome::Cancelled => false,
        };
        waitable.state = if is_done { State::Done } else { State::Idle };
        waitable.is_offered = false;
        [kind as u32, handle, result]
    })
}

/// Makes a set, and gives an instance a handle of it.
pub(crate) fn new_set(instance: &ComponentInstance) -> u32 {
    let Some(set) = SETS.insert(Set { first: 0, last: 0, waiting: 0 }) else {
        trap("too many waitable sets");
    };
    handles::insert(instance, SET.record(), set, Ownership::Own)
}

/// Returns the number of the set that a handle stands for.
pub(crate) fn set_of_handle(instance: &ComponentInstance, handle: u32) -> u32 {
    handles::get(instance, SET.record(), handle)
}

/// Ends a set.
pub(crate) fn drop_set(instance: &ComponentInstance, handle: u32) {
    let set = set_of_handle(instance, handle);
    let Set { first, waiting, .. } = SETS.get(set);
    if first != 0 {
        trap("cannot drop a waitable set with waitables in it");
    }
    if waiting != 0 {
        trap("cannot drop waitable set with waiters");
    }
    handles::remove(instance, SET.record(), handle);
    SETS.remove(set);
}

/// Puts the waitable that a handle stands for into a set, or takes it out of its set if that
/// handle is 0.
pub(crate) fn join_handles(instance: &ComponentInstance, handle: u32, set: u32) {
    let number = of_any_handle(instance, handle);
    if get(number).is_awaited {
        trap("waitable cannot be used synchronously while added to a waitable set");
    }
    let set = if set == 0 { 0 } else { set_of_handle(instance, set) };
    join(number, set);
}

/// Takes a waitable out of its set, and puts it into another one, or into none if that is 0.
fn join(number: u32, set: u32) {
    let Waitable { set: old, before, behind, has_event, .. } = get(number);
    if old != 0 {
        if before == 0 {
            SETS.change(old, |set| set.first = behind);
        } else {
            WAITABLES.change(before, |waitable| waitable.behind = behind);
        }
        if behind == 0 {
            SETS.change(old, |set| set.last = before);
        } else {
            WAITABLES.change(behind, |waitable| waitable.before = before);
        }
    }
    let (mut before, mut behind) = (0, 0);
    if set != 0 {
        let Set { first, last, .. } = SETS.get(set);
        if has_event {
            behind = first;
        } else {
            before = last;
        }
        if before == 0 {
            SETS.change(set, |set| set.first = number);
        } else {
            WAITABLES.change(before, |waitable| waitable.behind = number);
        }
        if behind == 0 {
            SETS.change(set, |set| set.last = number);
        } else {
            WAITABLES.change(behind, |waitable| waitable.before = number);
        }
    }
    WAITABLES.change(number, |waitable| {
        (waitable.set, waitable.before, waitable.behind) = (set, before, behind);
    });
}

/// Returns whether something happened to a waitable in a set.
pub(crate) fn set_has_event(set: u32) -> bool {
    let first = SETS.get(set).first;
    first != 0 && get(first).has_event
}

/// Takes an event of a set, if there is one.
pub(crate) fn take_event_of_set(set: u32) -> Option<Event> {
    set_has_event(set).then(|| take_event(SETS.get(set).first))
}

/// Counts tasks that wait for a set.
pub(crate) fn count_waiting(set: u32, difference: i32) {
    SETS.change(set, |set| set.waiting = set.waiting.wrapping_add_signed(difference));
}

/// Notes that the host waits for something, on behalf of a waitable.
pub(crate) fn begin_waiting(number: u32, interest: Interest) {
    end_waiting(number);
    let first = WAITING.get(0);
    WAITABLES.change(number, |waitable| {
        (waitable.interest, waitable.earlier, waitable.later) = (interest, 0, first);
    });
    if first != 0 {
        WAITABLES.change(first, |waitable| waitable.earlier = number);
    }
    WAITING.change(0, |first| *first = number);
}

/// Notes that the host does not wait on behalf of a waitable any more.
pub(crate) fn end_waiting(number: u32) {
    let Waitable { interest, earlier, later, .. } = get(number);
    if interest == Interest::Nothing {
        return;
    }
    if earlier == 0 {
        WAITING.change(0, |first| *first = later);
    } else {
        WAITABLES.change(earlier, |waitable| waitable.later = later);
    }
    if later != 0 {
        WAITABLES.change(later, |waitable| waitable.earlier = earlier);
    }
    WAITABLES.change(number, |waitable| waitable.interest = Interest::Nothing);
}

/// Returns what the host waits for: for each the number of the waitable on whose behalf.
pub fn interests() -> impl Iterator<Item = (u32, Interest)> {
    let numbers = core::iter::successors(Some(WAITING.get(0)), |number| Some(get(*number).later));
    numbers.take_while(|number| *number != 0).map(|number| (number, get(number).interest))
}

/// Returns what the host waits for on behalf of a waitable.
pub fn interest_of(number: u32) -> Interest {
    get(number).interest
}
