//! Functions of shapes for which code generators take time or memory that grows with the
//! square of the function, or worse: many of one construct, inside each other or one after
//! the other, over many locals. They are compiled and never run. Knows what is in a function
//! only by what it writes.

use wasm_encoder::{
    BlockType, Catch, CodeSection, ExportKind, ExportSection, Function, FunctionSection,
    InstructionSink, Module, TypeSection, ValType,
};

/// A function: its stretches one after the other.
#[derive(Clone, Debug)]
pub struct Body {
    /// Number of locals besides the parameter, which is local 0.
    pub locals: u32,
    /// Whether each local gets a value of its own at the start and is used at the end.
    pub uses_all: bool,
    /// What is in between.
    pub stretches: Vec<Stretch>,
}

/// Many of one construct.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// The construct.
    pub part: Part,
    /// How many there are.
    pub count: u32,
    /// Whether each is inside the one before it, and not behind it.
    pub nested: bool,
    /// What each does when it begins.
    pub each: Each,
    /// What is inside the innermost, or inside the last.
    pub inner: Vec<Stretch>,
}

impl Stretch {
    /// Returns a stretch with nothing inside.
    pub const fn new(part: Part, count: u32, nested: bool, each: Each) -> Stretch {
        Stretch { part, count, nested, each, inner: Vec::new() }
    }
}

/// What each construct of a stretch does when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// Nothing.
    Nothing,
    /// It adds to a local: to each of them in turn.
    Adds,
    /// It calls a function.
    Calls,
}

impl Each {
    /// All of them.
    pub const ALL: [Each; 3] = [Each::Nothing, Each::Adds, Each::Calls];
}

/// A construct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An `if` without `else`.
    If,
    /// An `if` with a result, which is passed on to the next one outwards.
    Value,
    /// A `block`; where blocks are nested, each is left by a branch in the innermost.
    Block,
    /// A `loop` that may run again when its end is reached.
    Loop,
    /// A `loop` that also adds to all locals.
    LoopOverAll,
    /// A `try_table` around a call, with a handler for all exceptions.
    TryTable,
    /// A legacy `try` around a call, with a `catch_all`.
    Try,
    /// A `br_table` out of three blocks.
    Table,
    /// A `select` of which an operand is the result of the one before it.
    Select,
    /// A call.
    Call,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 10] = [
        Part::If,
        Part::Value,
        Part::Block,
        Part::Loop,
        Part::LoopOverAll,
        Part::TryTable,
        Part::Try,
        Part::Table,
        Part::Select,
        Part::Call,
    ];
}

/// Makes a module of functions, which are exported: what nothing can call is not compiled.
pub fn module(bodies: &[Body]) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for (number, body) in bodies.iter().enumerate() {
        functions.function(0);
        exports.export(&format!("f{number}"), ExportKind::Func, number as u32);
        code.function(&function(body));
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    module.finish()
}

fn function(body: &Body) -> Function {
    let mut function = Function::new([(body.locals, ValType::I32)]);
    let mut writer = Writer { code: function.instructions(), locals: body.locals };
    if body.uses_all {
        writer.define_all();
    }
    body.stretches.iter().for_each(|stretch| writer.stretch(stretch));
    if body.uses_all {
        writer.use_all();
    }
    writer.code.local_get(0).end();
    function
}

struct Writer<'a> {
    code: InstructionSink<'a>,
    locals: u32,
}

impl Writer<'_> {
    fn stretch(&mut self, stretch: &Stretch) {
        let Stretch { part, count, nested, each, .. } = *stretch;
        // How many are open at once, and how often.
        let (depth, times) = if nested { (count, 1) } else { (1, count) };
        for time in 0..times {
            for level in 0..depth {
                self.open(part);
                self.begin(each, time + level);
            }
            if time + 1 == times {
                stretch.inner.iter().for_each(|stretch| self.stretch(stretch));
            }
            self.middle(part, depth);
            (0..depth).for_each(|level| self.close(part, time + level));
            if matches!(part, Part::Value | Part::Select) {
                self.code.local_set(0);
            }
        }
    }

    /// Writes what one construct of a stretch does when it begins.
    fn begin(&mut self, each: Each, number: u32) {
        match each {
            Each::Nothing => {}
            Each::Adds => self.increment(number.checked_rem(self.locals).map_or(0, |n| n + 1)),
            Each::Calls => _ = self.code.i32_const(1).call(0).drop(),
        }
    }

    fn open(&mut self, part: Part) {
        let code = &mut self.code;
        match part {
            Part::If => _ = code.local_get(0).if_(BlockType::Empty),
            Part::Value => _ = code.local_get(0).if_(BlockType::Result(ValType::I32)),
            Part::Block => _ = code.block(BlockType::Empty),
            Part::Loop | Part::LoopOverAll => _ = code.loop_(BlockType::Empty),
            Part::TryTable => {
                code.block(BlockType::Empty);
                code.try_table(BlockType::Empty, [Catch::All { label: 0 }]);
                code.i32_const(1).call(0).local_set(0);
            }
            Part::Try => _ = code.try_(BlockType::Empty).i32_const(1).call(0).local_set(0),
            Part::Table => {
                (0..3).for_each(|_| _ = code.block(BlockType::Empty));
                code.local_get(0).br_table([0, 1], 2).end();
                self.increment(0);
                self.code.end();
            }
            Part::Select => {}
            Part::Call => _ = code.local_get(0).call(0).local_set(0),
        }
    }

    /// Writes the inside of `depth` constructs.
    fn middle(&mut self, part: Part, depth: u32) {
        match part {
            Part::If => self.increment(0),
            Part::Value => _ = self.code.i32_const(7),
            Part::Block => {
                for label in 0..depth {
                    self.increment(0);
                    self.code.local_get(0).br_if(label);
                }
            }
            Part::LoopOverAll => (1..=self.locals).for_each(|local| self.increment(local)),
            Part::Select => _ = self.code.local_get(0),
            Part::Loop | Part::TryTable | Part::Try | Part::Table | Part::Call => {}
        }
    }

    fn close(&mut self, part: Part, number: u32) {
        let code = &mut self.code;
        match part {
            Part::If | Part::Block => _ = code.end(),
            Part::Value => _ = code.else_().local_get(0).end(),
            Part::Loop => _ = code.local_get(0).br_if(0).end(),
            Part::LoopOverAll => _ = code.i32_const(1).call(0).local_tee(0).br_if(0).end(),
            Part::TryTable => {
                code.end();
                self.increment(0);
                self.code.end();
            }
            Part::Try => {
                code.catch_all();
                self.increment(0);
                self.code.end();
            }
            Part::Table => {
                self.increment(0);
                self.code.end();
            }
            Part::Select => _ = code.i32_const(number as i32).local_get(0).select(),
            Part::Call => {}
        }
    }

    /// Adds one to a local.
    fn increment(&mut self, local: u32) {
        self.code.local_get(local).i32_const(1).i32_add().local_set(local);
    }

    /// Gives each local a value of its own.
    fn define_all(&mut self) {
        for local in 1..=self.locals {
            self.code.local_get(0).i32_const(local as i32).i32_add().local_set(local);
        }
    }

    /// Uses each local.
    fn use_all(&mut self) {
        self.code.local_get(0);
        (1..=self.locals).for_each(|local| _ = self.code.local_get(local).i32_xor());
        self.code.local_set(0);
    }
}
