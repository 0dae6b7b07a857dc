//! Makes functions with objects trap less: an access to null becomes one to a new
//! object, indices are less than lengths, mostly, and casts succeed. This needs a
//! default value of each type; accesses to others stay as they are. And where an
//! object is made, the one before it of its type is read and linked to it, because
//! generated functions rarely do that.

use crate::sections;
use wasm_encoder::{AbstractHeapType as Abstract, BlockType, HeapType, InstructionSink};
use wasm_encoder::{RefType, ValType};
use wasmparser::{
    CompositeInnerType, ConstExpr, ElementItems, FieldType, Operator, Parser, Payload, StorageType,
    TableInit,
};

/// The types of a module.
pub(crate) struct Types {
    types: Vec<Type>,
    /// A global of type i32 that shows what was read.
    sink: Option<u32>,
}

enum Type {
    /// A function with so many parameters.
    Function(u32),
    /// A struct with these fields.
    Struct(Vec<Field>),
    /// An array with such elements.
    Array(Field),
}

#[derive(Clone, Copy)]
struct Field {
    /// The type of the operands that are stored.
    ty: ValType,
    /// Whether it has fewer bits than they have.
    packed: bool,
    mutable: bool,
}

/// Number of elements of a new array.
const LENGTH: i32 = 7;

impl Types {
    /// Returns the types of a module; `None` if there are others than we know.
    pub(crate) fn read(wasm: &[u8]) -> Option<Types> {
        let mut types = Vec::new();
        let mut sink = None;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.ok()?;
            if let Payload::GlobalSection(section) = &payload {
                // The last one is the fuel.
                for (index, global) in (0..section.count().saturating_sub(1)).zip(section.clone()) {
                    let ty = global.ok()?.ty;
                    if ty.mutable && ty.content_type == wasmparser::ValType::I32 {
                        sink = Some(index);
                    }
                }
            }
            if let Payload::TypeSection(section) = payload {
                for group in section {
                    for ty in group.ok()?.into_types() {
                        types.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => {
                                Type::Function(ty.params().len() as u32)
                            }
                            CompositeInnerType::Struct(ty) => {
                                let fields: Option<_> = ty.fields.iter().map(Field::of).collect();
                                Type::Struct(fields?)
                            }
                            CompositeInnerType::Array(ty) => Type::Array(Field::of(&ty.0)?),
                            CompositeInnerType::Cont(_) => return None,
                        });
                    }
                }
            }
        }
        Some(Types { types, sink })
    }

    /// Returns the number of parameters of a type of functions.
    pub(crate) fn parameter_count(&self, index: u32) -> Option<u32> {
        match self.types.get(index as usize)? {
            Type::Function(count) => Some(*count),
            _ => None,
        }
    }

    fn field(&self, index: u32, field: u32) -> Option<ValType> {
        match self.types.get(index as usize)? {
            Type::Struct(fields) => Some(fields.get(field as usize)?.ty),
            _ => None,
        }
    }

    fn element(&self, index: u32) -> Option<ValType> {
        match self.types.get(index as usize)? {
            Type::Array(element) => Some(element.ty),
            _ => None,
        }
    }

    /// Writes instructions that make an object of a type that the others are
    /// subtypes of; returns whether there is one.
    fn new_object(&self, heap: HeapType, code: &mut InstructionSink<'_>) -> bool {
        let first = |wanted: fn(&Type) -> bool| {
            self.types
                .iter()
                .position(|ty| wanted(ty) && ty.is_defaultable())
                .map(|index| index as u32)
        };
        let index = match heap {
            HeapType::Concrete(index) => Some(index),
            HeapType::Abstract { ty: Abstract::Struct, .. } => {
                first(|ty| matches!(ty, Type::Struct(_)))
            }
            HeapType::Abstract { ty: Abstract::Array, .. } => {
                first(|ty| matches!(ty, Type::Array(_)))
            }
            HeapType::Abstract { ty: Abstract::I31 | Abstract::Eq | Abstract::Any, .. } => {
                code.i32_const(LENGTH).ref_i31();
                return true;
            }
            _ => None,
        };
        let ty = index.and_then(|index| Some((index, self.types.get(index as usize)?)));
        match ty {
            Some((index, ty @ Type::Struct(_))) if ty.is_defaultable() => {
                code.struct_new_default(index);
            }
            Some((index, ty @ Type::Array(_))) if ty.is_defaultable() => {
                code.i32_const(LENGTH).array_new_default(index);
            }
            _ => return false,
        }
        true
    }
}

impl Types {
    /// Writes what makes an array that nobody needs and that fills a line of the heap,
    /// if there is a type for it: a line is free, and its content overwritten, only if
    /// all objects in it are gone.
    fn new_garbage(&self, code: &mut InstructionSink<'_>) {
        let arrays = (0..).zip(&self.types).find_map(|(index, ty)| match ty {
            Type::Array(element) if element.ty.is_defaultable() => Some((index, element)),
            _ => None,
        });
        if let Some((index, element)) = arrays {
            let count = if element.packed { 260 } else { 65 };
            code.i32_const(count).array_new_default(index).drop();
        }
    }
}

impl Type {
    /// Returns whether there are objects of this type with default values.
    fn is_defaultable(&self) -> bool {
        match self {
            Type::Function(_) => false,
            Type::Struct(fields) => fields.iter().all(|field| field.ty.is_defaultable()),
            Type::Array(element) => element.ty.is_defaultable(),
        }
    }
}

/// The instructions that go before those of one function, and their locals.
pub(crate) struct Objects<'a> {
    types: &'a Types,
    /// Index of the first local.
    first: u32,
    locals: Vec<ValType>,
}

impl Objects<'_> {
    /// Begins a function whose locals from `first` on are ours.
    pub(crate) fn new(types: &Types, first: u32) -> Objects<'_> {
        Objects { types, first, locals: Vec::new() }
    }

    /// Returns the types of the locals, one each.
    pub(crate) fn locals(&self) -> &[ValType] {
        &self.locals
    }

    /// Returns the local of a type.
    fn local(&mut self, ty: ValType) -> u32 {
        let known = self.locals.iter().position(|known| *known == ty);
        let position = known.unwrap_or_else(|| {
            self.locals.push(ty);
            self.locals.len() - 1
        });
        self.first + position as u32
    }

    /// Writes the instructions that go before an instruction.
    pub(crate) fn prepare(&mut self, operator: &Operator<'_>, bytes: &mut Vec<u8>) {
        use Operator as O;
        let mut new = Vec::new();
        let mut code = InstructionSink::new(&mut new);
        let done = match *operator {
            O::StructGet { struct_type_index: ty, .. }
            | O::StructGetS { struct_type_index: ty, .. }
            | O::StructGetU { struct_type_index: ty, .. } => {
                self.replace_null(HeapType::Concrete(ty), &mut code)
            }
            O::StructSet { struct_type_index: ty, field_index } => {
                self.types.field(ty, field_index).and_then(|field| {
                    let value = self.local(field);
                    code.local_set(value);
                    self.replace_null(HeapType::Concrete(ty), &mut code)?;
                    code.local_get(value);
                    Some(())
                })
            }
            O::ArrayGet { array_type_index: ty }
            | O::ArrayGetS { array_type_index: ty }
            | O::ArrayGetU { array_type_index: ty } => self.shorten_index(ty, &mut code),
            O::ArraySet { array_type_index: ty } => self.types.element(ty).and_then(|element| {
                let value = self.local(element);
                code.local_set(value);
                self.shorten_index(ty, &mut code)?;
                code.local_get(value);
                Some(())
            }),
            O::ArrayLen => self.replace_null(abstract_heap(Abstract::Array), &mut code),
            O::I31GetS | O::I31GetU => self.replace_null(abstract_heap(Abstract::I31), &mut code),
            O::RefCastNonNull { hty } => self.pass_cast(hty, false, &mut code),
            O::RefCastNullable { hty } => self.pass_cast(hty, true, &mut code),
            _ => None,
        };
        if done.is_some() {
            bytes.extend(new);
        }
    }

    /// Writes the instructions that go after an instruction at a place.
    pub(crate) fn follow(&mut self, operator: &Operator<'_>, place: usize, bytes: &mut Vec<u8>) {
        use Operator as O;
        let mut code = InstructionSink::new(bytes);
        let types = self.types;
        let index = match *operator {
            O::StructNew { struct_type_index: ty }
            | O::StructNewDefault { struct_type_index: ty } => ty,
            O::ArrayNew { array_type_index: ty }
            | O::ArrayNewDefault { array_type_index: ty }
            | O::ArrayNewFixed { array_type_index: ty, .. }
            | O::ArrayNewData { array_type_index: ty, .. }
            | O::ArrayNewElem { array_type_index: ty, .. } => ty,
            _ => return,
        };
        let heap = HeapType::Concrete(index);
        let new = self.local(ValType::Ref(RefType { nullable: false, heap_type: heap }));
        let old = self.local(nullable(heap));
        code.local_set(new);
        code.local_get(old).ref_is_null().i32_eqz().if_(BlockType::Empty);
        match types.types.get(index as usize) {
            Some(Type::Struct(fields)) => {
                for (number, field) in (0..).zip(fields) {
                    code.local_get(old);
                    if field.packed {
                        code.struct_get_s(index, number);
                    } else {
                        code.struct_get(index, number);
                    }
                    self.show(field.ty, &mut code);
                    if !field.links(index) {
                        continue;
                    }
                    // A list towards older objects or towards newer ones, or one step in it.
                    match place % 4 {
                        0 | 1 => code.local_get(new).local_get(old).struct_set(index, number),
                        2 => code.local_get(old).local_get(new).struct_set(index, number),
                        _ => code
                            .local_get(old)
                            .struct_get(index, number)
                            .ref_test_non_null(heap)
                            .if_(BlockType::Empty)
                            .local_get(old)
                            .struct_get(index, number)
                            .ref_cast_non_null(heap)
                            .local_set(new)
                            .end(),
                    };
                }
            }
            Some(Type::Array(element)) => {
                code.local_get(old).array_len().if_(BlockType::Empty);
                code.local_get(old).local_get(old).array_len().i32_const(1).i32_sub();
                if element.packed {
                    code.array_get_s(index);
                } else {
                    code.array_get(index);
                }
                self.show(element.ty, &mut code);
                if element.mutable && !element.packed {
                    code.local_get(old).local_get(old).array_len().i32_const(1).i32_sub();
                    code.local_get(old).i32_const(0).array_get(index).array_set(index);
                }
                code.end();
            }
            _ => {}
        }
        code.end().local_get(new).local_set(old).local_get(new);
        if place.is_multiple_of(2) {
            types.new_garbage(&mut code);
        }
    }

    /// Writes what takes a value and shows something of it in a global.
    fn show(&self, ty: ValType, code: &mut InstructionSink<'_>) {
        let Some(sink) = self.types.sink else {
            code.drop();
            return;
        };
        match ty {
            ValType::I32 => {}
            ValType::I64 => {
                code.i32_wrap_i64();
            }
            ValType::F32 => {
                code.i32_reinterpret_f32();
            }
            ValType::F64 => {
                code.i64_reinterpret_f64().i32_wrap_i64();
            }
            ValType::V128 => {
                code.i32x4_extract_lane(3);
            }
            // A test reads the object.
            ValType::Ref(ty) => {
                match ty.heap_type {
                    HeapType::Concrete(_) => code.ref_test_non_null(ty.heap_type),
                    HeapType::Abstract { ty: Abstract::Any | Abstract::Eq, .. } => {
                        code.ref_test_non_null(abstract_heap(Abstract::Struct))
                    }
                    HeapType::Abstract { ty: Abstract::Struct | Abstract::Array, .. } => {
                        code.ref_test_non_null(ty.heap_type)
                    }
                    _ => code.ref_is_null(),
                };
            }
        }
        code.global_get(sink).i32_const(5).i32_rotl().i32_xor().global_set(sink);
    }

    /// Writes what replaces null by a new object. The local of the type has the
    /// object too.
    fn replace_null(&mut self, heap: HeapType, code: &mut InstructionSink<'_>) -> Option<()> {
        let object = self.local(nullable(heap));
        code.local_tee(object).ref_is_null().if_(BlockType::Empty);
        if !self.types.new_object(heap, code) {
            return None;
        }
        code.local_set(object).end().local_get(object);
        Some(())
    }

    /// Writes what makes an index less than the length of its array, if that is
    /// odd, and may leave one that is equal to an even length.
    fn shorten_index(&mut self, ty: u32, code: &mut InstructionSink<'_>) -> Option<()> {
        let index = self.local(ValType::I32);
        code.local_set(index);
        let heap = HeapType::Concrete(ty);
        self.replace_null(heap, code)?;
        let array = self.local(nullable(heap));
        code.local_get(index).local_get(array).array_len();
        code.i32_const(1).i32_or().i32_rem_u();
        Some(())
    }

    /// Writes what replaces a reference that a cast refuses by one that passes.
    fn pass_cast(
        &mut self,
        to: wasmparser::HeapType,
        to_null: bool,
        code: &mut InstructionSink<'_>,
    ) -> Option<()> {
        let to = heap_type(to)?;
        let reference = self.local(nullable(abstract_heap(self.top(to)?)));
        code.local_tee(reference);
        if to_null {
            code.ref_test_nullable(to);
        } else {
            code.ref_test_non_null(to);
        }
        code.i32_eqz().if_(BlockType::Empty);
        if to_null {
            code.ref_null(to);
        } else if !self.types.new_object(to, code) {
            return None;
        }
        code.local_set(reference).end().local_get(reference);
        Some(())
    }

    /// Returns the type that has a type and all that can be cast to it.
    fn top(&self, heap: HeapType) -> Option<Abstract> {
        match heap {
            HeapType::Abstract { ty: Abstract::Func | Abstract::NoFunc, .. } => {
                Some(Abstract::Func)
            }
            HeapType::Abstract { ty: Abstract::Extern | Abstract::NoExtern, .. } => {
                Some(Abstract::Extern)
            }
            HeapType::Abstract { ty: Abstract::Exn | Abstract::NoExn, .. } => Some(Abstract::Exn),
            HeapType::Abstract { .. } => Some(Abstract::Any),
            HeapType::Concrete(index) => match self.types.types.get(index as usize)? {
                Type::Function(_) => Some(Abstract::Func),
                _ => Some(Abstract::Any),
            },
            HeapType::Exact(_) => None,
        }
    }
}

/// Returns the module with short arrays in initial values, which no fuel limits;
/// `None` if it cannot be parsed.
pub(crate) fn shorten_initial(wasm: &[u8]) -> Option<Vec<u8>> {
    let mut offsets = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.ok()? {
            Payload::TableSection(section) => {
                for table in section {
                    if let TableInit::Expr(value) = table.ok()?.init {
                        find_arrays(&value, &mut offsets)?;
                    }
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    find_arrays(&global.ok()?.init_expr, &mut offsets)?;
                }
            }
            Payload::ElementSection(section) => {
                for segment in section {
                    if let ElementItems::Expressions(_, items) = segment.ok()?.items {
                        for item in items {
                            find_arrays(&item.ok()?, &mut offsets)?;
                        }
                    }
                }
            }
            _ => {}
        }
    }
    // No other operators are allowed there.
    let mut length = Vec::new();
    InstructionSink::new(&mut length).i32_const(0).i32_mul().i32_const(LENGTH).i32_add();
    sections::insert(wasm, &offsets, &length)
}

/// Adds the offsets of instructions that make arrays of any length.
fn find_arrays(value: &ConstExpr<'_>, offsets: &mut Vec<usize>) -> Option<()> {
    let mut operators = value.get_operators_reader();
    while !operators.eof() {
        let offset = operators.original_position() as usize;
        if let Operator::ArrayNew { .. } | Operator::ArrayNewDefault { .. } =
            operators.read().ok()?
        {
            offsets.push(offset);
        }
    }
    Some(())
}

fn nullable(heap_type: HeapType) -> ValType {
    ValType::Ref(RefType { nullable: true, heap_type })
}

fn abstract_heap(ty: Abstract) -> HeapType {
    HeapType::Abstract { shared: false, ty }
}

impl Field {
    fn of(field: &FieldType) -> Option<Field> {
        let mutable = field.mutable;
        match field.element_type {
            StorageType::Val(ty) => Some(Field { ty: value_type(ty)?, packed: false, mutable }),
            _ => Some(Field { ty: ValType::I32, packed: true, mutable }),
        }
    }

    /// Returns whether the field can refer to any object of a type of structs.
    fn links(&self, index: u32) -> bool {
        let heap = match self.ty {
            ValType::Ref(ty) if self.mutable && ty.nullable => ty.heap_type,
            _ => return false,
        };
        match heap {
            HeapType::Concrete(target) => target == index,
            HeapType::Abstract { ty, .. } => {
                matches!(ty, Abstract::Any | Abstract::Eq | Abstract::Struct)
            }
            HeapType::Exact(_) => false,
        }
    }
}

fn value_type(ty: wasmparser::ValType) -> Option<ValType> {
    Some(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) => {
            let heap_type = heap_type(ty.heap_type())?;
            ValType::Ref(RefType { nullable: ty.is_nullable(), heap_type })
        }
    })
}

fn heap_type(heap: wasmparser::HeapType) -> Option<HeapType> {
    use wasmparser::AbstractHeapType as Parsed;
    let ty = match heap {
        wasmparser::HeapType::Concrete(index) => {
            return Some(HeapType::Concrete(index.as_module_index()?));
        }
        wasmparser::HeapType::Exact(_) => return None,
        wasmparser::HeapType::Abstract { ty, .. } => ty,
    };
    Some(abstract_heap(match ty {
        Parsed::Func => Abstract::Func,
        Parsed::Extern => Abstract::Extern,
        Parsed::Any => Abstract::Any,
        Parsed::None => Abstract::None,
        Parsed::NoExtern => Abstract::NoExtern,
        Parsed::NoFunc => Abstract::NoFunc,
        Parsed::Eq => Abstract::Eq,
        Parsed::Struct => Abstract::Struct,
        Parsed::Array => Abstract::Array,
        Parsed::I31 => Abstract::I31,
        Parsed::Exn => Abstract::Exn,
        Parsed::NoExn => Abstract::NoExn,
        Parsed::Cont | Parsed::NoCont => return None,
    }))
}
