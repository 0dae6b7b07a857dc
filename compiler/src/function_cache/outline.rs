//! A function's body with numbers in place of indices: what of it stays the
//! same when things of the module move. Says which things it mentions; what
//! they are, is for others to say.

use super::hash::{Buffered, Key};
use crate::module::Body;
use rustc_hash::FxHashMap;
use wasmparser::{BlockType, Catch, Operator, TryTable};

/// What a body calls by an index, with that index. Memories are not among them:
/// there are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mention {
    Function(u32),
    Type(u32),
    Table(u32),
    Global(u32),
    Tag(u32),
    Data(u32),
    Elements(u32),
}

impl Mention {
    pub fn index(self) -> u32 {
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

pub struct Outline {
    /// Hash of the body's bytes, in which each mention is replaced by the place that it
    /// has in `mentions`.
    pub hash: Key,
    /// In order, each once.
    pub mentions: Vec<Mention>,
    /// Tables and types of indirect calls, likewise.
    pub indirect_calls: Vec<(u32, u32)>,
}

impl Outline {
    /// `None` for a body that has none: it cannot be read, or not compiled.
    pub fn new(body: &Body<'_>) -> Option<Outline> {
        let mut writer = Writer {
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
            let rest = match immediates.stays {
                true => offset,
                false => operators.original_position(),
            };
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

/// Hashes pieces so that no two bodies give the same bytes.
struct Writer {
    hasher: Buffered,
    numbers: FxHashMap<Mention, u32>,
    mentions: Vec<Mention>,
}

impl Writer {
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

/// What stands behind an opcode.
#[derive(Default)]
struct Immediates {
    mentions: Vec<Mention>,
    /// All else of an operator that mentions something ...
    others: Vec<u64>,
    /// ... unless its bytes stay what they are.
    stays: bool,
}

/// What an immediate is, by its name in the parser's table of operators; one
/// that is not here does not compile.
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
    // These stand in operators without mentions, which are taken as they are.
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
    ($to:ident, hty, $value:ident) => {};
    // And these in operators of proposals that are not compiled.
    ($to:ident, ordering, $value:ident) => {
        return None
    };
    ($to:ident, field_index, $value:ident) => {
        return None
    };
    ($to:ident, struct_type_index, $value:ident) => {
        return None
    };
    ($to:ident, array_type_index, $value:ident) => {
        return None
    };
    ($to:ident, array_type_index_dst, $value:ident) => {
        return None
    };
    ($to:ident, array_type_index_src, $value:ident) => {
        return None
    };
    ($to:ident, array_data_index, $value:ident) => {
        return None
    };
    ($to:ident, array_elem_index, $value:ident) => {
        return None
    };
    ($to:ident, array_size, $value:ident) => {
        return None
    };
    ($to:ident, from_ref_type, $value:ident) => {
        return None
    };
    ($to:ident, to_ref_type, $value:ident) => {
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
    fn clear(&mut self) {
        self.mentions.clear();
        self.others.clear();
        self.stays = false;
    }

    /// Returns the operator's name, or `None` if it is not compiled.
    #[allow(unused_variables, unreachable_code)]
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

    fn block(&mut self, ty: BlockType) {
        if let BlockType::FuncType(index) = ty {
            self.mentions.push(Mention::Type(index));
        }
    }

    /// The parts of a `try_table` are too many to tell them apart here.
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
