//! Outlines of function bodies: a body with numbers in place of indices, which stays the same
//! when the indices of the module's items change. An outline lists the items that the body
//! mentions; what these are is described elsewhere.

use super::hash::{Buffered, Key};
use crate::module::Body;
use rustc_hash::FxHashMap;
use wasmparser::{BlockType, Catch, HeapType, Operator, TryTable};

/// An item of the module that a body refers to, with its index. Memories are not among them,
/// because a module has few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mention {
    /// A function.
    Function(u32),
    /// A type.
    Type(u32),
    /// A table.
    Table(u32),
    /// A global.
    Global(u32),
    /// A tag.
    Tag(u32),
    /// A data segment.
    Data(u32),
    /// An element segment.
    Elements(u32),
}

impl Mention {
    /// Returns the index of the item.
    pub(super) fn index(self) -> u32 {
        match self {
            Mention::Function(index)
            | Mention::Type(index)
            | Mention::Table(index)
            | Mention::Global(index)
            | Mention::Tag(index)
            | Mention::Data(index)
            | Mention::Elements(index) => index,
        }
    }
}

/// The outline of a body.
pub(super) struct Outline {
    /// Hash of the body's bytes, with each mention of an item replaced by the item's index in
    /// `mentions`.
    pub hash: Key,
    /// The items that the body mentions, in the order of their first mention.
    pub mentions: Vec<Mention>,
    /// The table and the type of each indirect call, in the order in which a pair first
    /// occurs.
    pub indirect_calls: Vec<(u32, u32)>,
}

impl Outline {
    /// Makes the outline of a body. Returns none if the body cannot be read, or has an
    /// operator that quench does not compile.
    pub(super) fn new(body: &Body<'_>) -> Option<Outline> {
        let mut writer = OutlineWriter {
            hasher: Buffered::default(),
            numbers: FxHashMap::default(),
            mentions: Vec::new(),
        };
        let mut indirect_calls = Vec::new();
        let bytes = body.body.as_bytes();
        let start = body.body.range().start;
        let mut copied = 0;
        let mut immediates = Immediates::default();
        let mut operators = body.operators().ok()?;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset().ok()?;
            immediates.clear();
            let name = immediates.read(&operator)?;
            if immediates.mentions.is_empty() {
                continue;
            }
            writer.hasher.text(&bytes[copied..(offset - start) as usize]);
            let rest = if immediates.stays { offset } else { operators.original_position() };
            copied = (rest - start) as usize;
            writer.operator(name, &immediates);
            if let Operator::CallIndirect { type_index, table_index }
            | Operator::ReturnCallIndirect { type_index, table_index } = operator
                && !indirect_calls.contains(&(table_index, type_index))
            {
                indirect_calls.push((table_index, type_index));
            }
        }
        writer.hasher.text(&bytes[copied..]);
        Some(Outline { hash: writer.hasher.digest(), mentions: writer.mentions, indirect_calls })
    }
}

/// An outline while it is being made. Different bodies give the hasher different bytes.
struct OutlineWriter {
    /// The hasher of the body.
    hasher: Buffered,
    /// The index of each item in `mentions`.
    numbers: FxHashMap<Mention, u32>,
    /// The items that have been mentioned so far.
    mentions: Vec<Mention>,
}

impl OutlineWriter {
    /// Adds an operator that mentions items.
    fn operator(&mut self, name: &str, immediates: &Immediates) {
        self.hasher.text(name.as_bytes());
        self.hasher.number(immediates.mentions.len() as u64);
        for mention in &immediates.mentions {
            let number = *self.numbers.entry(*mention).or_insert_with(|| {
                self.mentions.push(*mention);
                self.mentions.len() as u32 - 1
            });
            self.hasher.number(u64::from(number));
        }
        self.hasher.number(immediates.others.len() as u64);
        for other in &immediates.others {
            self.hasher.number(*other);
        }
    }
}

/// The immediates of an operator.
#[derive(Default)]
struct Immediates {
    /// The items that the operator mentions.
    mentions: Vec<Mention>,
    /// All other immediates of an operator that mentions an item, unless `stays` is set.
    others: Vec<u64>,
    /// Whether the bytes of the operator are hashed as they are, besides its mentions.
    stays: bool,
}

/// Adds an immediate to [`Immediates`] by its name in the parser's table of operators. A name
/// that is not here is an error when quench is compiled.
macro_rules! immediate {
    ($to:ident, function_index, $value:ident) => {
        $to.mentions.push(Mention::Function(*$value))
    };
    ($to:ident, type_index, $value:ident) => {
        $to.mentions.push(Mention::Type(*$value))
    };
    ($to:ident, global_index, $value:ident) => {
        $to.mentions.push(Mention::Global(*$value))
    };
    ($to:ident, tag_index, $value:ident) => {
        $to.mentions.push(Mention::Tag(*$value))
    };
    ($to:ident, data_index, $value:ident) => {
        $to.mentions.push(Mention::Data(*$value))
    };
    ($to:ident, elem_index, $value:ident) => {
        $to.mentions.push(Mention::Elements(*$value))
    };
    ($to:ident, table_index, $value:ident) => {
        $to.mentions.push(Mention::Table(*$value))
    };
    ($to:ident, table, $value:ident) => {
        $to.mentions.push(Mention::Table(*$value))
    };
    ($to:ident, src_table, $value:ident) => {
        $to.mentions.push(Mention::Table(*$value))
    };
    ($to:ident, dst_table, $value:ident) => {
        $to.mentions.push(Mention::Table(*$value))
    };
    ($to:ident, blockty, $value:ident) => {
        $to.block(*$value)
    };
    ($to:ident, try_table, $value:ident) => {
        $to.try_table($value)
    };
    ($to:ident, mem, $value:ident) => {
        $to.others.push(u64::from(*$value))
    };
    ($to:ident, struct_type_index, $value:ident) => {
        $to.mentions.push(Mention::Type(*$value))
    };
    ($to:ident, array_type_index, $value:ident) => {
        $to.mentions.push(Mention::Type(*$value))
    };
    ($to:ident, array_type_index_dst, $value:ident) => {
        $to.mentions.push(Mention::Type(*$value))
    };
    ($to:ident, array_type_index_src, $value:ident) => {
        $to.mentions.push(Mention::Type(*$value))
    };
    ($to:ident, array_data_index, $value:ident) => {
        $to.mentions.push(Mention::Data(*$value))
    };
    ($to:ident, array_elem_index, $value:ident) => {
        $to.mentions.push(Mention::Elements(*$value))
    };
    ($to:ident, field_index, $value:ident) => {
        $to.others.push(u64::from(*$value))
    };
    ($to:ident, array_size, $value:ident) => {
        $to.others.push(u64::from(*$value))
    };
    ($to:ident, from_ref_type, $value:ident) => {
        $to.heap_type($value.heap_type())
    };
    ($to:ident, to_ref_type, $value:ident) => {
        $to.heap_type($value.heap_type())
    };
    ($to:ident, hty, $value:ident) => {
        $to.heap_type(*$value)
    };
    // These belong to operators that mention no item, whose bytes are hashed as they are.
    ($to:ident, memarg, $value:ident) => {};
    ($to:ident, dst_mem, $value:ident) => {};
    ($to:ident, src_mem, $value:ident) => {};
    ($to:ident, local_index, $value:ident) => {};
    ($to:ident, relative_depth, $value:ident) => {};
    ($to:ident, targets, $value:ident) => {};
    ($to:ident, value, $value:ident) => {};
    ($to:ident, lane, $value:ident) => {};
    ($to:ident, lanes, $value:ident) => {};
    ($to:ident, ty, $value:ident) => {};
    ($to:ident, tys, $value:ident) => {};
    // These belong to operators of proposals that quench does not compile.
    ($to:ident, ordering, $value:ident) => {
        return None
    };
    ($to:ident, cont_type_index, $value:ident) => {
        return None
    };
    ($to:ident, argument_index, $value:ident) => {
        return None
    };
    ($to:ident, result_index, $value:ident) => {
        return None
    };
    ($to:ident, resume_table, $value:ident) => {
        return None
    };
}

impl Immediates {
    /// Removes the immediates of the last operator.
    fn clear(&mut self) {
        self.mentions.clear();
        self.others.clear();
        self.stays = false;
    }

    /// Reads the immediates of an operator. Returns the operator's name, or none if quench
    /// does not compile it.
    #[allow(
        unused_variables,
        unreachable_code,
        reason = "the macro's patterns bind all immediates, of all operators"
    )]
    fn read(&mut self, operator: &Operator<'_>) -> Option<&'static str> {
        macro_rules! read {
            ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
                match operator {
                    $(Operator::$op $({ $($arg),* })? => {
                        $($(immediate!(self, $arg, $arg);)*)?
                        Some(stringify!($op))
                    })*
                    _ => None,
                }
            };
        }
        wasmparser::for_each_operator!(read)
    }

    /// Adds the type of a block.
    fn block(&mut self, ty: BlockType) {
        if let BlockType::FuncType(index) = ty {
            self.mentions.push(Mention::Type(index));
        }
    }

    /// Adds a heap type of a test or cast. Its bytes stay as they are.
    fn heap_type(&mut self, ty: HeapType) {
        if let HeapType::Concrete(index) | HeapType::Exact(index) = ty
            && let Some(index) = index.as_module_index()
        {
            self.stays = true;
            self.mentions.push(Mention::Type(index));
        }
    }

    /// Adds the type and the tags of a `try_table`. Its bytes stay as they are, because it has
    /// too many parts to tell them apart here.
    fn try_table(&mut self, block: &TryTable) {
        self.stays = true;
        self.block(block.ty);
        let tags = block.catches.iter().filter_map(|catch| match catch {
            Catch::One { tag, .. } | Catch::OneRef { tag, .. } => Some(Mention::Tag(*tag)),
            Catch::All { .. } | Catch::AllRef { .. } => None,
        });
        self.mentions.extend(tags);
    }
}
