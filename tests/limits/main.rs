//! The implementation limits of WebAssembly's JavaScript API
//! (<https://webassembly.github.io/spec/js-api/#limits>): a module at a limit
//! compiles for both machines, one past it is refused by an error that names
//! the limit. The largest functions also run, and so does a module whose code
//! is larger than calls reach. Functions of shapes that are hard to compile take little
//! time and memory.

mod modules;
mod reach;
mod run;
mod shapes;

use libtest_mimic::{Arguments, Trial};
use modules::{module, one_function, one_type};
use quench_compiler::{Emit, Error, ImportSource, ModuleInput, OptLevel, Options, Program, Target};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, DataSegment, DataSegmentMode, ElementSection,
    Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, HeapType, ImportSection, MemorySection, MemoryType, RefType, TableSection,
    TableType, TagKind, TagSection, TagType, TypeSection, ValType,
};

/// A thing of which a module can have only a limited number.
struct Limit {
    name: &'static str,
    most: u32,
    /// Makes a module with this many of them.
    module: fn(u32) -> Vec<u8>,
    /// Words of the error about a module with one more.
    error: &'static str,
    machines: &'static [Target],
}

const fn limit(
    name: &'static str,
    most: u32,
    module: fn(u32) -> Vec<u8>,
    error: &'static str,
) -> Limit {
    Limit { name, most, module, error, machines: &[Target::X86_64] }
}

/// A limit of something that becomes code, which is compiled for each machine.
const fn limit_of_code(
    name: &'static str,
    most: u32,
    module: fn(u32) -> Vec<u8>,
    error: &'static str,
) -> Limit {
    Limit { machines: &Target::ALL, ..limit(name, most, module, error) }
}

const LIMITS: &[Limit] = &[
    limit("types", 1_000_000, types, "types count exceeds limit of 1000000"),
    limit("functions", 1_000_000, functions, "functions count exceeds limit of 1000000"),
    // These are 1,000,000 in the list. The validator also counts the sizes of
    // the types of all imports and exports together, and starts with one.
    limit("imports", 999_998, imports, "type size exceeds the limit of 1000000"),
    limit("exports", 999_998, exports, "type size exceeds the limit of 1000000"),
    limit("globals", 1_000_000, globals, "globals count exceeds limit of 1000000"),
    limit("tags", 1_000_000, tags, "tags count exceeds limit of 1000000"),
    limit("tables", 100_000, tables, "tables count exceeds limit of 100000"),
    limit("memories", 100, memories, "memories count exceeds limit of 100"),
    limit("data segments", 100_000, data, "data segments count exceeds limit of 100000"),
    limit("element segments", 100_000, elements, "element segments count exceeds limit of 100000"),
    limit("entries of a segment", 10_000_000, entries, "out of bounds: 10000000 are allowed"),
    limit("elements of a table", 10_000_000, table_size, "quench allows 10000000"),
    limit("pages of a memory", 65_536, memory_size, "must be at most 0x10000"),
    limit("bytes of a name", 100_000, name, "out of bounds: 100000 are allowed"),
    limit_of_code("parameters", 1_000, parameters, "out of bounds: 1000 are allowed"),
    limit_of_code("results", 1_000, results, "out of bounds: 1000 are allowed"),
    limit_of_code(
        "parameters of a block",
        1_000,
        block_parameters,
        "out of bounds: 1000 are allowed",
    ),
    limit_of_code("locals", 50_000, locals, "exceed maximum: 50000 are allowed"),
    limit_of_code(
        "bytes of a function",
        7_654_321,
        body,
        "function body size count exceeds limit of 7654321",
    ),
];

fn main() {
    let mut trials: Vec<Trial> = LIMITS.iter().flat_map(trials).collect();
    trials.push(nested());
    trials.push(reach::trial());
    trials.extend(run::trials());
    trials.extend(shapes::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// Tests a body as large as allowed in which each of many nested `if`s changes
/// a local: code generators whose time grows with the square of that do not
/// finish.
fn nested() -> Trial {
    const LEVEL: &[u8] = &[0x20, 0, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x6a, 0x21, 0];
    const END: u8 = 0x0b;
    Trial::test("7654321 bytes of nested ifs, x86_64", || {
        let depth = (7_654_321 - 2) / (LEVEL.len() + 1);
        let mut function = Function::new([]);
        function.raw(LEVEL.repeat(depth));
        function.raw(vec![END; depth]);
        function.instructions().end();
        let wasm = one_function(&one_type(1, 0), &function);
        Ok(compile(&wasm, Target::X86_64).map_err(|error| error.to_string())?)
    })
}

fn trials(limit: &'static Limit) -> Vec<Trial> {
    let at = limit.machines.iter().map(|&target| {
        let name = format!("{} {}, {}", limit.most, limit.name, target.short_name());
        Trial::test(name, move || {
            Ok(compile(&(limit.module)(limit.most), target).map_err(|error| error.to_string())?)
        })
    });
    let past = format!("{} {} are too many", limit.most + 1, limit.name);
    let past = Trial::test(past, || {
        let error = match compile(&(limit.module)(limit.most + 1), Target::X86_64) {
            Ok(()) => return Err("it compiles".into()),
            Err(error) => error,
        };
        let refused = matches!(error, Error::Invalid { .. } | Error::Unsupported { .. });
        if refused && error.to_string().contains(limit.error) {
            Ok(())
        } else {
            Err(format!("`{error}` does not say `{}`", limit.error).into())
        }
    });
    at.chain([past]).collect()
}

fn compile(wasm: &[u8], target: Target) -> Result<(), Error> {
    let options = Options { opt_level: OptLevel::None, ..Options::new(target) };
    let compiled = Program::new(options)?.add_module(&ModuleInput {
        name: "m",
        wasm,
        source: &|_, _| ImportSource::Host,
        entry_points: &[],
        export_use: None,
        near_memory: true,
        emit: Emit::Object,
    });
    compiled.map(|_| ())
}

fn types(count: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    for _ in 0..count {
        types.ty().function([], []);
    }
    module(|module| {
        module.section(&types);
    })
}

fn functions(count: u32) -> Vec<u8> {
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for _ in 0..count {
        functions.function(0);
        let mut function = Function::new([]);
        function.instructions().end();
        code.function(&function);
    }
    module(|module| {
        module.section(&one_type(0, 0)).section(&functions).section(&code);
    })
}

fn imports(count: u32) -> Vec<u8> {
    let mut imports = ImportSection::new();
    for _ in 0..count {
        imports.import("m", "f", EntityType::Global(GLOBAL));
    }
    module(|module| {
        module.section(&imports);
    })
}

fn exports(count: u32) -> Vec<u8> {
    let mut globals = GlobalSection::new();
    globals.global(GLOBAL, &ConstExpr::i32_const(0));
    let mut exports = ExportSection::new();
    for number in 0..count {
        exports.export(&number.to_string(), ExportKind::Global, 0);
    }
    module(|module| {
        module.section(&globals).section(&exports);
    })
}

const GLOBAL: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

fn globals(count: u32) -> Vec<u8> {
    let mut globals = GlobalSection::new();
    for _ in 0..count {
        globals.global(GLOBAL, &ConstExpr::i32_const(0));
    }
    module(|module| {
        module.section(&globals);
    })
}

fn tags(count: u32) -> Vec<u8> {
    let mut tags = TagSection::new();
    for _ in 0..count {
        tags.tag(TagType { kind: TagKind::Exception, func_type_idx: 0 });
    }
    module(|module| {
        module.section(&one_type(0, 0)).section(&tags);
    })
}

fn table(minimum: u64) -> TableType {
    TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum,
        maximum: None,
        shared: false,
    }
}

fn tables(count: u32) -> Vec<u8> {
    let mut tables = TableSection::new();
    for _ in 0..count {
        tables.table(table(0));
    }
    module(|module| {
        module.section(&tables);
    })
}

fn table_size(count: u32) -> Vec<u8> {
    let mut tables = TableSection::new();
    tables.table(table(count.into()));
    module(|module| {
        module.section(&tables);
    })
}

fn memory(minimum: u64) -> MemoryType {
    MemoryType { minimum, maximum: None, memory64: false, shared: false, page_size_log2: None }
}

fn memories(count: u32) -> Vec<u8> {
    let mut memories = MemorySection::new();
    for _ in 0..count {
        memories.memory(memory(0));
    }
    module(|module| {
        module.section(&memories);
    })
}

fn memory_size(count: u32) -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(memory(count.into()));
    module(|module| {
        module.section(&memories);
    })
}

fn data(count: u32) -> Vec<u8> {
    let mut data = DataSection::new();
    for _ in 0..count {
        data.segment(DataSegment { mode: DataSegmentMode::Passive, data: [1] });
    }
    module(|module| {
        module.section(&data);
    })
}

fn elements(count: u32) -> Vec<u8> {
    let mut elements = ElementSection::new();
    for _ in 0..count {
        elements.passive(Elements::Expressions(
            RefType::FUNCREF,
            vec![ConstExpr::ref_null(HeapType::FUNC)].into(),
        ));
    }
    module(|module| {
        module.section(&elements);
    })
}

fn entries(count: u32) -> Vec<u8> {
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut code = CodeSection::new();
    let mut function = Function::new([]);
    function.instructions().end();
    code.function(&function);
    let mut elements = ElementSection::new();
    elements.passive(Elements::Functions(vec![0; count as usize].into()));
    module(|module| {
        module.section(&one_type(0, 0)).section(&functions).section(&elements).section(&code);
    })
}

fn parameters(count: u32) -> Vec<u8> {
    let mut function = Function::new([]);
    function.instructions().end();
    one_function(&one_type(count as usize, 0), &function)
}

fn results(count: u32) -> Vec<u8> {
    let mut function = Function::new([]);
    for number in 0..count {
        function.instructions().i32_const(number as i32);
    }
    function.instructions().end();
    one_function(&one_type(0, count as usize), &function)
}

fn block_parameters(count: u32) -> Vec<u8> {
    let mut types = one_type(0, 0);
    types.ty().function(vec![ValType::I32; count as usize], []);
    let mut function = Function::new([]);
    for number in 0..count {
        function.instructions().i32_const(number as i32);
    }
    function.instructions().block(BlockType::FunctionType(1));
    for _ in 0..count {
        function.instructions().drop();
    }
    function.instructions().end().end();
    one_function(&types, &function)
}

fn locals(count: u32) -> Vec<u8> {
    let mut function = Function::new([(count - 1, ValType::I64)]);
    function.instructions().end();
    one_function(&one_type(1, 0), &function)
}

/// Returns a module with a body of `count` bytes, including its declaration of
/// locals (one byte) and its end.
fn body(count: u32) -> Vec<u8> {
    let mut function = Function::new([]);
    function.raw(vec![0x01; count as usize - 2]);
    function.instructions().end();
    one_function(&one_type(0, 0), &function)
}

fn name(count: u32) -> Vec<u8> {
    let mut exports = ExportSection::new();
    exports.export(&"n".repeat(count as usize), ExportKind::Memory, 0);
    let mut memories = MemorySection::new();
    memories.memory(memory(0));
    module(|module| {
        module.section(&memories).section(&exports);
    })
}
